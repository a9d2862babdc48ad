package org.ambispike.run;

import java.util.ArrayList;
import java.util.List;
import org.ambispike.ExitRule;
import org.ambispike.data.Batch;

/**
 * What early exits would have done to images that took all steps: a point of accuracy against mean T for each rule. Used
 * by one thread at a time.
 */
public final class ExitCurve implements LogitsObserver {
    private final List<ExitRule> rules;
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
    public ExitCurve(List<ExitRule> rules, int classes, int timeSteps) {
        this.rules = List.copyOf(rules);
        this.classes = classes;
        this.timeSteps = timeSteps;
        this.correct = new long[rules.size()];
        this.steps = new long[rules.size()];
    }

    @Override
    public void batch(float[] logits, int stride, Batch batch) {
        images += batch.count();
        for (int index = 0; index < correct.length; index++) {
            for (int image = 0; image < batch.count(); image++) {
                int t = exit(rules.get(index), logits, stride, image);
                steps[index] += t;
                if (isCorrect(logits, (t - 1) * stride + image * classes, batch.labels()[image])) {
                    correct[index]++;
                }
            }
        }
    }

    private int exit(ExitRule rule, float[] logits, int stride, int image) {
        int t = 1;
        while (t < timeSteps && !rule.settles(logits, (t - 1) * stride + image * classes, classes, t)) {
            t++;
        }
        return t;
    }

    /** Of equal logits the first counts, as everywhere. */
    private boolean isCorrect(float[] logits, int offset, int label) {
        for (int index = 0; index < classes; index++) {
            float other = logits[offset + index];
            if (other > logits[offset + label] || (index < label && other == logits[offset + label])) {
                return false;
            }
        }
        return true;
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
