package org.ambispike;

import java.util.List;
import org.ambispike.run.ExitCurve;
import org.ambispike.run.StepCurve;

/** What an {@link Evaluation} measured. Immutable, thread-safe. */
public final class EvaluationResult {
    /**
     * A point of accuracy against mean T.
     *
     * @param rule when an answer is settled, for example {@code margin=0.5}
     * @param accuracy fraction of images whose largest logit is the label's when they leave
     * @param meanTimeSteps that an image took, from 1 to T
     */
    public record Exit(String rule, double accuracy, double meanTimeSteps) {}

    private final StepCurve curve;
    private final List<Exit> exits;

    EvaluationResult(StepCurve curve, ExitCurve exits) {
        this.curve = curve;
        this.exits = exits.results().stream()
                .map(exit -> new Exit(exit.rule(), exit.accuracy(), exit.meanTimeSteps()))
                .toList();
    }

    /** Returns the number of images that were measured. */
    public int images() {
        return curve.images();
    }

    /**
     * Returns the fraction of images whose largest logit is the label's after 1 &lt;= t &lt;= T steps.
     *
     * @throws IndexOutOfBoundsException if t is not from 1 to T
     */
    public double accuracyAt(int t) {
        return curve.accuracyAt(t);
    }

    /**
     * Returns how many positive spikes a layer emitted for an image, on average over whole batches, in the first t steps.
     *
     * @throws IllegalArgumentException if there is no such layer
     */
    public double positiveSpikes(String layer, int t) {
        return spikes(layer, 0, t);
    }

    /** Returns the same for negative spikes. */
    public double negativeSpikes(String layer, int t) {
        return spikes(layer, 1, t);
    }

    private double spikes(String layer, int polarity, int t) {
        if (!curve.spikes().containsKey(layer)) {
            throw new IllegalArgumentException("no neuron layer '" + layer + "'; there are "
                    + curve.spikes().keySet());
        }
        return curve.spikesPerImage(layer, polarity, t);
    }

    /** Returns a point for each exit rule, in their order. */
    public List<Exit> exits() {
        return exits;
    }
}
