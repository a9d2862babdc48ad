package org.ambispike.graph;

import java.util.Locale;

/**
 * The named neurons a user chooses among: a membrane model, a rule for the negative threshold, and the most quanta of
 * one spike.
 */
public enum NeuronVariant {
    PAIR(NeuronModel.PAIR, ThresholdRule.TRAINED, 1),
    SINGLE(NeuronModel.SINGLE, ThresholdRule.TRAINED, 1),
    IBT(NeuronModel.SINGLE, ThresholdRule.IMBALANCED, 1),
    /** IBT whose spikes are augmented; the source sets no bound to them, four bits of strength do here. */
    AUGMENTED(NeuronModel.SINGLE, ThresholdRule.IMBALANCED, 15),
    SYMMETRIC(NeuronModel.PAIR, ThresholdRule.SYMMETRIC, 1),
    IF(NeuronModel.INTEGRATE_AND_FIRE, ThresholdRule.TRAINED, 1),
    MEMORY(NeuronModel.MEMORY, ThresholdRule.TRAINED, 1);

    private final NeuronModel model;
    private final ThresholdRule thresholds;
    private final int quanta;

    NeuronVariant(NeuronModel model, ThresholdRule thresholds, int quanta) {
        this.model = model;
        this.thresholds = thresholds;
        this.quanta = quanta;
    }

    public NeuronModel model() {
        return model;
    }

    public ThresholdRule thresholds() {
        return thresholds;
    }

    /** The most quanta of one spike; 1 unless spikes are augmented. */
    public int quanta() {
        return quanta;
    }

    /** The name as typed on a command line. */
    public String label() {
        return name().toLowerCase(Locale.ROOT);
    }
}
