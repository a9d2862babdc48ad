package org.ambispike.paper;

import java.util.List;
import java.util.Optional;
import org.ambispike.common.RateLoss;
import org.ambispike.convert.Converter;
import org.ambispike.graph.NeuronVariant;
import org.ambispike.train.CalibrationLoss;

/**
 * The methods that the paper compares with, each as what it changes in the paper's recipe for a network. docs/methods.md
 * has the sources, and what they leave open.
 */
final class ComparedMethods {
    static final String TWO_STAGE = "two-stage";
    static final String AUGMAPPING = "augmapping";
    static final String STRELU = "strelu";
    static final String RELU_MAX = "relu-max";
    static final String RELU_PERCENTILE = "relu-percentile";
    static final List<String> NAMES = List.of(TWO_STAGE, AUGMAPPING, STRELU, RELU_MAX, RELU_PERCENTILE);

    private static final double LARGEST = 1;
    private static final double PERCENTILE = 0.999;

    private ComparedMethods() {}

    /** @param paper the paper's recipe for the network */
    static Recipe of(String name, Recipe paper) {
        return switch (name) {
            case TWO_STAGE -> twoStage(paper);
            case AUGMAPPING -> converted(name, paper, paper.alpha(), paper.ann(), NeuronVariant.AUGMENTED, LARGEST);
            case STRELU -> converted(name, paper, 1, paper.ann().withThreshold(1), NeuronVariant.SINGLE, LARGEST);
            case RELU_MAX -> converted(name, paper, 0, paper.ann(), NeuronVariant.IF, LARGEST);
            case RELU_PERCENTILE -> converted(name, paper, 0, paper.ann(), NeuronVariant.IF, PERCENTILE);
            default -> throw new IllegalArgumentException("no recipe '" + name + "'");
        };
    }

    /** Imbalanced thresholds, and calibration of potentials, then of each layer by itself. */
    private static Recipe twoStage(Recipe paper) {
        CalibrationLoss loss = paper.calibration().target().loss().withRates(Optional.of(RateLoss.MSE));
        return new Recipe(
                TWO_STAGE,
                paper.alpha(),
                paper.dropout(),
                NeuronVariant.IBT,
                paper.ann(),
                Optional.empty(),
                paper.clip(),
                Optional.empty(),
                paper.calibration()
                        .with(paper.calibration().target().with(loss))
                        .with(Recipe.Method.LAYERWISE),
                Converter.HALF);
    }

    /** Thresholds from activations, and conversion; membranes start at 0, for these sources know no other. */
    private static Recipe converted(
            String name, Recipe paper, double alpha, Recipe.Ann ann, NeuronVariant neuron, double quantile) {
        return new Recipe(
                name,
                alpha,
                paper.dropout(),
                neuron,
                ann,
                Optional.empty(),
                new Recipe.Clip(Optional.empty(), quantile, false),
                Optional.empty(),
                paper.calibration().with(Recipe.Method.NONE),
                0);
    }
}
