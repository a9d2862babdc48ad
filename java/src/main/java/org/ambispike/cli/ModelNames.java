package org.ambispike.cli;

import java.util.List;
import java.util.stream.Collectors;

/** Names of the files that stages leave in a folder; the same as those of a whole reproduction. */
final class ModelNames {
    static final String ANN = "model.safetensors";
    static final String OPTIMIZED = "optimized.safetensors";
    static final String SPIKING = "snn.safetensors";

    private ModelNames() {}

    /** For example {@code snn-T4.safetensors}; several T are joined with a plus. */
    static String calibrated(List<Integer> timeSteps) {
        return "snn-T" + joined(timeSteps) + ".safetensors";
    }

    /** The stage of a calibration, by which its checkpoint is named. */
    static String calibrationStage(List<Integer> timeSteps) {
        return "calibrate-T" + joined(timeSteps);
    }

    private static String joined(List<Integer> timeSteps) {
        return timeSteps.stream().map(String::valueOf).collect(Collectors.joining("+"));
    }
}
