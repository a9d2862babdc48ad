package org.ambispike.paper;

import java.util.List;
import java.util.stream.Collectors;

/** Names of the files that stages leave in a folder, whether they run by themselves or in a whole reproduction. */
public final class ModelNames {
    /** The ANN as first trained. */
    public static final String ANN = "model.safetensors";
    /** The ANN that is converted. */
    public static final String OPTIMIZED = "optimized.safetensors";
    /** Converted, not calibrated. */
    public static final String SPIKING = "snn.safetensors";

    private ModelNames() {}

    /** For example {@code snn-T4.safetensors}; several T are joined with a plus. */
    public static String calibrated(List<Integer> timeSteps) {
        return "snn-T" + joined(timeSteps) + ".safetensors";
    }

    /** The stage of a calibration, by which its checkpoint is named. */
    public static String calibrationStage(List<Integer> timeSteps) {
        return "calibrate-T" + joined(timeSteps);
    }

    private static String joined(List<Integer> timeSteps) {
        return timeSteps.stream().map(String::valueOf).collect(Collectors.joining("+"));
    }
}
