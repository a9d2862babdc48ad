package org.ambispike.paper;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.ambispike.AnnModel;
import org.ambispike.Model;
import org.ambispike.SpikingModel;
import org.ambispike.backend.Backend;
import org.ambispike.common.Cancellation;
import org.ambispike.common.ProgressListener;
import org.ambispike.convert.ClippedAnn;
import org.ambispike.data.BatchOptions;
import org.ambispike.data.Batches;
import org.ambispike.data.Dataset;
import org.ambispike.graph.Network;
import org.ambispike.graph.Node;
import org.ambispike.run.ActivationStatistics;
import org.ambispike.run.BatchPlan;
import org.ambispike.run.BatchRuns;
import org.ambispike.run.Distribution;
import org.ambispike.run.NetworkRunner;
import org.ambispike.run.PassObserver;
import org.ambispike.run.PassPlan;
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

    private final Backend backend;
    private final Dataset images;
    private final ProgressListener listener;
    private final Cancellation cancellation;
    private final Speed speed;
    private final Map<Integer, Double> imagesPerSecond = new LinkedHashMap<>();
    /** Images times T of the passes since a stage began; below 0 before one did. */
    private long done = -1;

    private String said = "";

    /** Tells how fast a model runs. */
    public interface Speed {
        /** Returns images a second for exactly T steps. */
        double imagesPerSecond(Model model, int timeSteps);
    }

    /** Measures on a run's test images. */
    public Measurements(RunContext context) {
        this.backend = context.backend();
        this.images = context.test();
        this.listener = context.listener();
        this.cancellation = context.training().cancellation();
        this.speed = this::runs;
    }

    /** Measures on other images, and speed in another way. */
    public Measurements(
            Backend backend, Dataset images, ProgressListener listener, Cancellation cancellation, Speed speed) {
        this.backend = backend;
        this.images = images;
        this.listener = listener;
        this.cancellation = cancellation;
        this.speed = speed;
    }

    /**
     * Begins a stage of progress, whose steps are images times T: every pass counts as what it computes, while it runs.
     *
     * @param timeSteps T of all passes until its end, an ANN's 1
     */
    void begin(String stage, long timeSteps) {
        done = 0;
        listener.stage(stage, timeSteps * images.size());
    }

    /** Says what was measured, beside the progress. */
    void says(String message) {
        said = message;
        listener.step(done, said);
    }

    /** Measures the accuracy of an ANN on the test images. */
    public double accuracy(AnnModel ann) {
        return curve(ann, PassPlan.over(images, BATCH, 1)).finalAccuracy();
    }

    /** Passes the test images through all steps once, with spikes counted if there are any; observers see each batch. */
    public StepCurve curve(Model snn, int timeSteps, PassObserver... observers) {
        PassPlan plan = PassPlan.over(images, BATCH, timeSteps);
        return curve(snn, snn.saved().graph().isSpiking() ? plan.withCounts() : plan, observers);
    }

    /**
     * Measures accuracy on the test images after each step, [T], in one pass whose batch shrinks as T grows, so that memory
     * does not.
     */
    public double[] accuracies(SpikingModel snn, int timeSteps) {
        int batch = Math.max(1, BATCH * BATCH_STEPS / Math.max(BATCH_STEPS, timeSteps));
        return curve(snn, PassPlan.over(images, batch, timeSteps)).accuracy();
    }

    private StepCurve curve(Model model, PassPlan plan, PassObserver... observers) {
        List<PassObserver> all = new ArrayList<>(List.of(observers));
        if (done >= 0) {
            all.add(result -> {
                done += (long) result.count() * plan.timeSteps();
                listener.step(done, said);
            });
        }
        return NetworkRunner.curve(
                backend, model.saved().network(), plan, images, cancellation, all.toArray(PassObserver[]::new));
    }

    /** Makes rows for the given T from a curve; speed is measured for exactly T steps, once for each T. */
    public List<TimeStepResult> rows(Model snn, StepCurve curve, List<Integer> timeSteps, int calibratedFor) {
        List<TimeStepResult> rows = new ArrayList<>();
        for (int steps : timeSteps) {
            // all converted networks of a run have the same shapes, so one of them is timed
            double rate = imagesPerSecond.computeIfAbsent(steps, t -> speed.imagesPerSecond(snn, t));
            rows.add(new TimeStepResult(steps, calibratedFor, curve.accuracyAt(steps), rate));
        }
        return rows;
    }

    /** As sessions run a batch. */
    private double runs(Model snn, int timeSteps) {
        int batch = PassPlan.fitting(snn.saved().graph(), Math.min(BATCH, images.size()), timeSteps, false);
        float[] logits = new float[batch * snn.saved().graph().classes()];
        try (NetworkRunner runner = new NetworkRunner(backend, snn.saved().network());
                BatchRuns runs = runner.batches(BatchPlan.logits(batch, timeSteps));
                Batches batches = Batches.open(images, BatchOptions.inOrder(batch), 1)) {
            batches.start(0);
            batches.advance();
            float[] values = batches.current().images();
            return Throughput.measure(() -> runs.run(values, batch, timeSteps, logits), batch);
        }
    }

    /** Rates, thresholds and errors of each layer over the first t steps of a curve. */
    public List<LayerResult> layers(AnnModel ann, SpikingModel snn, StepCurve curve, int timeSteps) {
        Map<String, Double> errors = RateComparison.relativeErrors(
                backend, ann.saved().network(), snn.saved().network(), timeSteps, sample(SAMPLE));
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
        Network limit = ClippedAnn.of(snn.saved().network());
        Dataset sample = sample(CONVERGENCE_SAMPLE);
        List<RateError> errors = new ArrayList<>();
        for (int steps : timeSteps) {
            RateComparison.relativeErrors(backend, limit, snn.saved().network(), steps, sample)
                    .forEach((layer, error) -> errors.add(new RateError(layer, steps, error)));
            listener.note("rates at T = " + steps + " compared");
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
        float[] values =
                model.saved().weights().get(neuron.parameter(parameter)).values();
        double sum = 0;
        for (float value : values) {
            sum += value;
        }
        return sum / values.length;
    }

    /** Activations of each layer before and after threshold optimisation, on a sample of the test images. */
    public List<ActivationHistogram> histograms(AnnModel before, AnnModel after) {
        Dataset sample = sample(SAMPLE);
        Map<String, Distribution> first =
                ActivationStatistics.measure(backend, before.saved().network(), sample);
        Map<String, Distribution> second =
                ActivationStatistics.measure(backend, after.saved().network(), sample);
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
