package org.ambispike.latency;

import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.ambispike.backend.Backend;
import org.ambispike.common.Cancellation;
import org.ambispike.common.ProgressListener;
import org.ambispike.device.Device;
import org.ambispike.io.SavedModel;
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

    private final boolean labelled;
    private final StepCurve curve;
    private final Map<String, ExitResult> exits;
    private final double annAccuracy;
    private final List<String> layers;
    private final SynapticOperations operations;

    private AccuracyCheck(BenchmarkInput input, StepCurve curve, List<ExitResult> exits, double annAccuracy) {
        this.labelled = input.labelled();
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
                Device.choose(latency.device(), latency.precision()).open(latency.threads())) {
            progress.stage("accuracy", input.images().size());
            long[] done = {0};
            PassObserver counting = result -> {
                done[0] += result.count();
                progress.step(done[0], "");
            };
            PassPlan plan = PassPlan.over(input.images(), BATCH, timeSteps).withCounts();
            StepCurve curve = NetworkRunner.curve(
                    backend, spiking.network(), plan, input.images(), cancellation, early, counting);
            progress.stageDone("");
            PassPlan once = PassPlan.over(input.images(), BATCH, 1);
            StepCurve ann = NetworkRunner.curve(backend, input.ann().network(), once, input.images(), cancellation);
            return new AccuracyCheck(input, curve, early.results(), ann.finalAccuracy());
        }
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
        return how.exits() ? exits.get(how.rule().label()).meanTimeSteps() : how.timeSteps();
    }

    /** Of images that leave early it is not counted. */
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
