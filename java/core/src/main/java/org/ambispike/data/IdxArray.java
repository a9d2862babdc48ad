package org.ambispike.data;

import org.ambispike.graph.Shape;

/**
 * What an IDX file of unsigned bytes holds. The array is shared, not copied.
 *
 * @param shape extents, outermost first
 * @param values row-major, unsigned, as many as the shape has elements
 */
record IdxArray(Shape shape, byte[] values) {}
