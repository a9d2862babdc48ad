package org.ambispike.paper;

import java.util.List;

/**
 * How much a run computes, by stage.
 *
 * @param stages in order
 */
public record WorkEstimate(List<Stage> stages) {
    /**
     * One stage.
     *
     * @param images through the stage, repetitions counted
     * @param timeSteps of each image
     * @param operations floating-point operations of all images
     */
    public record Stage(String name, long images, int timeSteps, double operations) {}

    public WorkEstimate {
        stages = List.copyOf(stages);
    }

    /** Operations of all stages. */
    public double operations() {
        return stages.stream().mapToDouble(Stage::operations).sum();
    }
}
