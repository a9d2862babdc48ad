package org.ambispike;

import java.util.List;
import org.ambispike.run.ExitResult;
import org.ambispike.run.StepCurve;

/**
 * What an {@link Evaluation} measured.
 *
 * @param curve accuracy after every number of steps up to T, and spikes by layer
 * @param exits a point for each exit rule, in their order
 */
public record EvaluationResult(StepCurve curve, List<ExitResult> exits) {
    public EvaluationResult {
        exits = List.copyOf(exits);
    }

    /** Fraction of images whose largest logit is the label's after 1 &lt;= t &lt;= T steps. */
    public double accuracyAt(int t) {
        return curve.accuracyAt(t);
    }
}
