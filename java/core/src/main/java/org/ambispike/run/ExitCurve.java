package org.ambispike.run;

import java.util.ArrayList;
import java.util.List;
import org.ambispike.common.ExitDecision;

/**
 * What early exits would have done to images that took all steps: a point of accuracy against mean T for each rule. Used
 * by one thread at a time.
 */
public final class ExitCurve implements PassObserver {
    private final List<? extends ExitDecision> rules;
    private final int classes;
    private final int timeSteps;
    private final long[] correct;
    private final long[] steps;
    private long images;

    /**
     * A curve without images yet.
     *
     * @param rules one for each point
     * @param timeSteps T of the evaluation, the last exit of all
     */
    public ExitCurve(List<? extends ExitDecision> rules, int classes, int timeSteps) {
        this.rules = List.copyOf(rules);
        this.classes = classes;
        this.timeSteps = timeSteps;
        this.correct = new long[rules.size()];
        this.steps = new long[rules.size()];
    }

    @Override
    public void batch(PassResult result) {
        images += result.count();
        for (int index = 0; index < correct.length; index++) {
            for (int image = 0; image < result.count(); image++) {
                int t = exit(rules.get(index), result, image);
                steps[index] += t;
                if (result.isCorrect(t, image)) {
                    correct[index]++;
                }
            }
        }
    }

    private int exit(ExitDecision rule, PassResult result, int image) {
        int t = 1;
        while (t < timeSteps && !rule.settles(result.logits(), result.offset(t, image), classes, t)) {
            t++;
        }
        return t;
    }

    /** A point for each rule, in their order. */
    public List<ExitResult> results() {
        List<ExitResult> results = new ArrayList<>();
        for (int index = 0; index < correct.length; index++) {
            results.add(new ExitResult(
                    rules.get(index).label(),
                    timeSteps,
                    correct[index] / (double) images,
                    steps[index] / (double) images));
        }
        return results;
    }
}
