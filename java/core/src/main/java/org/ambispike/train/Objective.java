package org.ambispike.train;

import org.ambispike.graph.Graph;

/** What a stage minimises. */
interface Objective {
    /**
     * Settles what its steps need.
     *
     * @param numbers to ask for those that it reads and leaves; allocated before the first step
     * @param graph of the students
     */
    PlannedObjective plan(StepScalars numbers, Graph graph);

    /** Whether the gradients of rates are written. */
    default boolean usesRateGradients() {
        return false;
    }
}
