package org.ambispike.latency;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.ambispike.AnnModel;
import org.ambispike.Comparison;
import org.ambispike.Targets;
import org.ambispike.backend.Backend;
import org.ambispike.common.Cancellation;
import org.ambispike.common.ProgressListener;
import org.ambispike.device.Device;
import org.ambispike.io.SavedModel;
import org.ambispike.run.DataPass;
import org.ambispike.run.EnergyEstimate;
import org.ambispike.run.ExitCurve;
import org.ambispike.run.ExitResult;
import org.ambispike.run.NetworkRunner;
import org.ambispike.run.PassObserver;
import org.ambispike.run.PassPlan;
import org.ambispike.run.StepCurve;
import org.ambispike.run.SynapticOperations;

/**
 * What one pass of the largest T over all images says of every case: accuracy, steps taken, and work. Accuracies of
 * images without labels are NaN.
 */
final class AccuracyCheck {
    private static final int BATCH = 100;
    /** Values of all results over all steps that a batch may have. */
    private static final long MOST_VALUES = 1 << 24;
    /** Images that are compared at once. */
    private static final int COMPARED = 16;

    private final boolean labelled;
    private final Map<Integer, Double> errors;
    private final StepCurve curve;
    private final Map<String, ExitResult> exits;
    private final double annAccuracy;
    private final List<String> layers;
    private final SynapticOperations operations;

    private AccuracyCheck(
            BenchmarkInput input,
            StepCurve curve,
            List<ExitResult> exits,
            double annAccuracy,
            Map<Integer, Double> errors) {
        this.labelled = input.hasAccuracy();
        this.errors = errors;
        this.curve = curve;
        this.exits = exits.stream().collect(Collectors.toMap(ExitResult::rule, exit -> exit));
        this.annAccuracy = annAccuracy;
        this.layers = input.model().neuronLayers();
        this.operations = new SynapticOperations(input.model().saved().graph());
    }

    static AccuracyCheck measure(
            BenchmarkInput input, LatencyPlan latency, ProgressListener progress, Cancellation cancellation) {
        SavedModel spiking = input.model().saved();
        int timeSteps = latency.largestTimeSteps();
        ExitCurve early = new ExitCurve(latency.exits(), spiking.graph().classes(), timeSteps);
        try (Backend backend =
                Backend.of(Device.choose(latency.device(), latency.precision()).open(latency.threads()))) {
            progress.stage("accuracy", input.images().size());
            long[] done = {0};
            PassObserver counting = result -> {
                done[0] += result.count();
                progress.step(done[0], "");
            };
            long values = (long) timeSteps * input.model().outputLength();
            int batch = (int) Math.max(1, Math.min(BATCH, MOST_VALUES / values));
            PassPlan plan = PassPlan.over(input.images(), batch, timeSteps).withCounts();
            StepCurve curve;
            try (NetworkRunner runner = new NetworkRunner(backend, spiking.network());
                    DataPass pass = runner.pass(plan, cancellation)) {
                curve = input.hasAccuracy()
                        ? pass.curve(input.images(), early, counting)
                        : pass.spikes(input.images(), counting);
            }
            progress.stageDone("");
            if (!input.hasAccuracy()) {
                Map<Integer, Double> errors = errors(input, latency, progress, cancellation);
                return new AccuracyCheck(input, curve, List.of(), Double.NaN, errors);
            }
            PassPlan once = PassPlan.over(input.images(), BATCH, 1);
            StepCurve ann = NetworkRunner.curve(backend, input.ann().network(), once, input.images(), cancellation);
            return new AccuracyCheck(input, curve, early.results(), ann.finalAccuracy(), Map.of());
        }
    }

    /** By T, of all results. */
    private static Map<Integer, Double> errors(
            BenchmarkInput input, LatencyPlan latency, ProgressListener progress, Cancellation cancellation) {
        Map<Integer, Double> errors = new HashMap<>();
        if (input.compares()) {
            Comparison comparison = Comparison.builder(latency.timeSteps())
                    .session(latency.session(COMPARED))
                    .listener(progress)
                    .cancellation(cancellation)
                    .build();
            input.model()
                    .compare(input.images(), Targets.of(AnnModel.of(input.ann())), comparison)
                    .forEach(error -> errors.putIfAbsent(error.timeSteps(), error.relativeError()));
        }
        return errors;
    }

    double relativeError(LatencyCase how) {
        if (errors.isEmpty() || how.exits()) {
            return Double.NaN;
        }
        return how.ann() ? 0 : errors.get(how.timeSteps());
    }

    double accuracy(LatencyCase how) {
        if (!labelled) {
            return Double.NaN;
        }
        if (how.ann()) {
            return annAccuracy;
        }
        return how.exits() ? exits.get(how.rule().label()).accuracy() : curve.accuracyAt(how.timeSteps());
    }

    double meanTimeSteps(LatencyCase how) {
        if (!how.exits()) {
            return how.timeSteps();
        }
        ExitResult exit = exits.get(how.rule().label());
        return exit == null ? Double.NaN : exit.meanTimeSteps();
    }

    /** Not counted for images that leave early. */
    ImageWork work(LatencyCase how) {
        if (how.exits()) {
            return ImageWork.UNKNOWN;
        }
        int t = how.timeSteps();
        EnergyEstimate estimate = operations.estimate(curve, t, 0);
        if (how.ann()) {
            return new ImageWork(0, 0, estimate.annMultiplyAccumulates(), estimate.annNanojoules());
        }
        double spikes = layers.stream()
                .mapToDouble(layer -> curve.spikesPerImage(layer, 0, t) + curve.spikesPerImage(layer, 1, t))
                .sum();
        return new ImageWork(
                spikes, estimate.synapticOperations(), estimate.inputMultiplyAccumulates(), estimate.snnNanojoules());
    }
}
