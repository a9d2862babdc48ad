package org.ambispike.io;

import org.ambispike.graph.Shape;

/**
 * What a safetensors header says of one tensor.
 *
 * @param begin first byte, counted from the end of the header
 * @param end one past the last byte; {@code end - begin} is the shape's elements times the type's bytes
 */
public record TensorEntry(String name, ElementType type, Shape shape, long begin, long end) {}
