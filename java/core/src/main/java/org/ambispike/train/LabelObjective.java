package org.ambispike.train;

import org.ambispike.backend.Backend;
import org.ambispike.graph.Graph;

/** Cross-entropy with the labels. */
final class LabelObjective implements Objective {
    private final Backend backend;
    private final double smoothing;

    /** @param smoothing of the labels, in [0, 1) */
    public LabelObjective(Backend backend, double smoothing) {
        this.backend = backend;
        this.smoothing = smoothing;
    }

    @Override
    public PlannedObjective plan(StepScalars numbers, Graph graph) {
        return new LabelLoss(backend, smoothing, numbers);
    }
}
