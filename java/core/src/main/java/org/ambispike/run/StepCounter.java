package org.ambispike.run;

import java.util.LinkedHashMap;
import java.util.Map;
import org.ambispike.graph.Node;

/** Counts correct images and, if asked to, spikes after every step. */
final class StepCounter implements PassObserver {
    private final long[] correct;
    private final Map<String, long[][]> spikes = new LinkedHashMap<>();
    private boolean withSpikes;
    private boolean labelled = true;
    private int images;
    private int counted;

    StepCounter(int timeSteps) {
        this.correct = new long[timeSteps];
    }

    StepCounter withSpikes() {
        withSpikes = true;
        return this;
    }

    StepCounter withoutLabels() {
        labelled = false;
        return this;
    }

    @Override
    public void batch(PassResult result) {
        images += result.count();
        for (int step = 0; labelled && step < correct.length; step++) {
            for (int image = 0; image < result.count(); image++) {
                if (result.isCorrect(step + 1, image)) {
                    correct[step]++;
                }
            }
        }
        if (withSpikes && result.isFull()) {
            addSpikes(result);
            counted += result.count();
        }
    }

    /** Counts are of the whole batch, so a last batch that is not full is left out of them. */
    private void addSpikes(PassResult result) {
        long[] counts = new long[2 * correct.length];
        for (Node neuron : result.graph().neurons()) {
            result.counts(neuron, counts);
            long[][] sums = spikes.computeIfAbsent(neuron.name(), name -> new long[correct.length][2]);
            for (int step = 0; step < sums.length; step++) {
                sums[step][0] += counts[2 * step];
                sums[step][1] += counts[2 * step + 1];
            }
        }
    }

    StepCurve curve(double seconds) {
        double[] accuracy = new double[correct.length];
        for (int step = 0; step < accuracy.length; step++) {
            accuracy[step] = labelled ? correct[step] / (double) images : Double.NaN;
        }
        return new StepCurve(images, counted, accuracy, spikes, seconds);
    }
}
