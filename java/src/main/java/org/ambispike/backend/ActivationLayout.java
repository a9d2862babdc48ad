package org.ambispike.backend;

import org.ambispike.graph.Op.ActivationKind;

/**
 * A planned layer of ANN neurons.
 *
 * @param rows images times height times width
 * @param channels innermost extent
 * @param levels steps of a QUANTISED activation, else 0
 */
public record ActivationLayout(ActivationKind kind, double alpha, int levels, long rows, int channels) {}
