package org.ambispike.backend;

import org.ambispike.graph.Op.ActivationKind;

/**
 * A planned layer of ANN neurons.
 *
 * @param rows images times height times width
 * @param channels innermost extent
 * @param levels steps of a QUANTISED activation, else 0
 * @param dither by how many levels noise moves a value at most before it is rounded; a function of the value's bits
 */
public record ActivationLayout(ActivationKind kind, int levels, long rows, int channels, double dither) {
    /** Without dither. */
    public ActivationLayout(ActivationKind kind, int levels, long rows, int channels) {
        this(kind, levels, rows, channels, 0);
    }
}
