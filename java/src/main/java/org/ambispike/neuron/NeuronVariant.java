package org.ambispike.neuron;

import java.util.Arrays;
import java.util.Locale;
import java.util.stream.Collectors;

/** The named neurons a user chooses among: a membrane model and a rule for the negative threshold. */
public enum NeuronVariant {
    PAIR(NeuronModel.PAIR, ThresholdRule.TRAINED),
    SINGLE(NeuronModel.SINGLE, ThresholdRule.TRAINED),
    IBT(NeuronModel.SINGLE, ThresholdRule.IMBALANCED),
    SYMMETRIC(NeuronModel.PAIR, ThresholdRule.SYMMETRIC),
    IF(NeuronModel.INTEGRATE_AND_FIRE, ThresholdRule.TRAINED);

    private final NeuronModel model;
    private final ThresholdRule thresholds;

    NeuronVariant(NeuronModel model, ThresholdRule thresholds) {
        this.model = model;
        this.thresholds = thresholds;
    }

    public NeuronModel model() {
        return model;
    }

    public ThresholdRule thresholds() {
        return thresholds;
    }

    /** The name as typed on a command line. */
    public String label() {
        return name().toLowerCase(Locale.ROOT);
    }

    /**
     * The variant of a label.
     *
     * @throws IllegalArgumentException naming the choices, if there is none
     */
    public static NeuronVariant ofLabel(String label) {
        return Arrays.stream(values())
                .filter(variant -> variant.label().equals(label))
                .findFirst()
                .orElseThrow(() -> new IllegalArgumentException("unknown neuron '" + label + "'; choose one of "
                        + Arrays.stream(values()).map(NeuronVariant::label).collect(Collectors.joining(", "))));
    }
}
