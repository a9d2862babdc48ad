package org.ambispike.paper;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.ambispike.backend.Backend;
import org.ambispike.convert.ClippedAnn;
import org.ambispike.convert.Thresholds;
import org.ambispike.data.Dataset;
import org.ambispike.graph.Node;
import org.ambispike.AnnModel;
import org.ambispike.Model;
import org.ambispike.SpikingModel;
import org.ambispike.run.ActivationStatistics;
import org.ambispike.run.Distribution;
import org.ambispike.run.LogitsObserver;
import org.ambispike.run.NetworkEvaluation;
import org.ambispike.run.RateComparison;
import org.ambispike.run.StepCurve;
import org.ambispike.run.Throughput;

/** What is measured of models, in the form that reports take. */
public final class Measurements {
    private static final int BATCH = 100;
    /** Up to how many steps a whole batch is taken. */
    private static final int BATCH_STEPS = 16;

    private static final int SAMPLE = 2_000;
    /** Fewer, since T may be large. */
    private static final int CONVERGENCE_SAMPLE = 200;

    private static final int BINS = 80;

    private final RunContext context;
    private final Backend backend;
    private final Map<Integer, Double> imagesPerSecond = new LinkedHashMap<>();

    public Measurements(RunContext context) {
        this.context = context;
        this.backend = context.backend();
    }

    /** Accuracy of an ANN on the test images. */
    public double accuracy(AnnModel ann) {
        return curve(ann, context.test(), 1, false, LogitsObserver.none()).finalAccuracy();
    }

    /** One pass over the test images, with spikes counted. */
    public StepCurve curve(SpikingModel snn, int timeSteps) {
        return curve(snn, timeSteps, LogitsObserver.none());
    }

    /** The same; the observer sees all logits. */
    public StepCurve curve(SpikingModel snn, int timeSteps, LogitsObserver observer) {
        return curve(snn, context.test(), timeSteps, true, observer);
    }

    /**
     * Accuracy on the test images after each step, [T], in one pass whose batch shrinks as T grows, so that memory does
     * not.
     */
    public double[] accuracies(SpikingModel snn, int timeSteps) {
        Dataset images = context.test();
        int batch = Math.max(1, Math.min(images.size(), BATCH * BATCH_STEPS / Math.max(BATCH_STEPS, timeSteps)));
        return evaluation(snn)
                .curve(images, batch, timeSteps, false, LogitsObserver.none())
                .accuracy();
    }

    private StepCurve curve(Model model, Dataset images, int timeSteps, boolean counts, LogitsObserver observer) {
        int batch = Math.min(BATCH, images.size());
        return evaluation(model).curve(images, batch, timeSteps, counts, observer);
    }

    private NetworkEvaluation evaluation(Model model) {
        return new NetworkEvaluation(backend, model.saved().graph(), model.saved().weights(), context.training().cancellation());
    }

    /** Rows for the given T from a curve; speed is measured for exactly T steps, once for each T. */
    public List<TimeStepResult> rows(SpikingModel snn, StepCurve curve, List<Integer> timeSteps, int calibratedFor) {
        List<TimeStepResult> rows = new ArrayList<>();
        for (int steps : timeSteps) {
            rows.add(new TimeStepResult(steps, calibratedFor, curve.accuracyAt(steps), speed(snn, steps)));
        }
        return rows;
    }

    /** All converted networks of a run have the same shapes, so one of them is timed. */
    private double speed(SpikingModel snn, int timeSteps) {
        return imagesPerSecond.computeIfAbsent(timeSteps, steps -> {
            Dataset images = context.test();
            return Throughput.measure(
                    backend, snn.saved().graph(), snn.saved().weights(), images, Math.min(BATCH, images.size()), steps);
        });
    }

    /** Rates, thresholds and errors of each layer over the first t steps of a curve. */
    public List<LayerResult> layers(AnnModel ann, SpikingModel snn, StepCurve curve, int timeSteps) {
        Map<String, Double> errors = RateComparison.relativeErrors(
                backend,
                new RateComparison.Network(ann.saved().graph(), ann.saved().weights()),
                new RateComparison.Network(snn.saved().graph(), snn.saved().weights()),
                timeSteps,
                sample(SAMPLE));
        List<LayerResult> layers = new ArrayList<>();
        for (Node neuron : snn.saved().graph().neurons()) {
            layers.add(new LayerResult(
                    neuron.name(),
                    mean(snn, neuron, "thetaPositive"),
                    mean(snn, neuron, "thetaNegative"),
                    rate(snn, neuron, curve, 0, timeSteps),
                    rate(snn, neuron, curve, 1, timeSteps),
                    errors.get(neuron.name())));
        }
        return layers;
    }

    /**
     * How far the rates of each layer are from the activations of the ANN that the network tends to, on the first test
     * images.
     *
     * @param timeSteps each T by itself, in the order of the results
     */
    public List<RateError> convergence(SpikingModel snn, List<Integer> timeSteps) {
        Thresholds.Network limit = ClippedAnn.of(snn.saved().graph(), snn.saved().weights());
        Dataset images = sample(CONVERGENCE_SAMPLE);
        List<RateError> errors = new ArrayList<>();
        for (int steps : timeSteps) {
            RateComparison.relativeErrors(
                            backend,
                            new RateComparison.Network(limit.graph(), limit.weights()),
                            new RateComparison.Network(snn.saved().graph(), snn.saved().weights()),
                            steps,
                            images)
                    .forEach((layer, error) -> errors.add(new RateError(layer, steps, error)));
            context.listener().note("rates at T = " + steps + " compared");
        }
        return errors;
    }

    /** Spikes of one polarity per neuron and step. */
    static double rate(SpikingModel snn, Node neuron, StepCurve curve, int polarity, int timeSteps) {
        return curve.spikesPerImage(neuron.name(), polarity, timeSteps)
                / snn.saved().graph().shape(neuron.name()).elements()
                / timeSteps;
    }

    private static double mean(Model model, Node neuron, String parameter) {
        float[] values = model.saved().weights().get(neuron.parameter(parameter)).values();
        double sum = 0;
        for (float value : values) {
            sum += value;
        }
        return sum / values.length;
    }

    /** Activations of each layer before and after threshold optimisation, on a sample of the test images. */
    public List<ActivationHistogram> histograms(AnnModel before, AnnModel after) {
        Dataset images = sample(SAMPLE);
        Map<String, Distribution> first =
                ActivationStatistics.measure(backend, before.saved().graph(), before.saved().weights(), images);
        Map<String, Distribution> second =
                ActivationStatistics.measure(backend, after.saved().graph(), after.saved().weights(), images);
        List<ActivationHistogram> histograms = new ArrayList<>();
        for (Node neuron : after.saved().graph().neurons()) {
            Distribution earlier = first.get(neuron.name());
            Distribution later = second.get(neuron.name());
            double low = -Math.max(earlier.largestNegative(), later.largestNegative());
            double high = Math.max(earlier.largestPositive(), later.largestPositive());
            histograms.add(new ActivationHistogram(
                    neuron.name(),
                    earlier.histogram(low, high, BINS),
                    earlier.largestPositive(),
                    earlier.largestNegative(),
                    later.histogram(low, high, BINS),
                    mean(after, neuron, "thetaPositive"),
                    mean(after, neuron, "thetaNegative")));
        }
        return histograms;
    }

    private Dataset sample(int count) {
        Dataset images = context.test();
        return images.slice(0, Math.min(count, images.size()));
    }

    static int largest(List<Integer> timeSteps) {
        int[] sorted = timeSteps.stream().mapToInt(Integer::intValue).sorted().toArray();
        if (sorted.length == 0 || sorted[0] < 1) {
            throw new IllegalArgumentException("T must be at least 1, got " + Arrays.toString(sorted));
        }
        return sorted[sorted.length - 1];
    }
}
