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
import org.ambispike.run.LogitsObserver;
import org.ambispike.run.NetworkEvaluation;
import org.ambispike.run.StepCurve;
import org.ambispike.run.SynapticOperations;

/**
 * What one pass of the largest T over all images says of every case: accuracy, steps taken, and work. Accuracies of
 * images without labels are NaN.
 */
final class Quality {
    private static final int BATCH = 100;

    private final boolean labelled;
    private final StepCurve curve;
    private final Map<String, ExitResult> exits;
    private final double annAccuracy;
    private final List<String> layers;
    private final SynapticOperations operations;

    private Quality(Subject subject, StepCurve curve, List<ExitResult> exits, double annAccuracy) {
        this.labelled = subject.labelled();
        this.curve = curve;
        this.exits = exits.stream().collect(Collectors.toMap(ExitResult::rule, exit -> exit));
        this.annAccuracy = annAccuracy;
        this.layers = subject.model().neuronLayers();
        this.operations = new SynapticOperations(subject.model().saved().graph());
    }

    static Quality measure(Subject subject, LatencyPlan plan, ProgressListener progress, Cancellation cancellation) {
        SavedModel spiking = subject.model().saved();
        int timeSteps = plan.largestTimeSteps();
        ExitCurve early = new ExitCurve(plan.exits(), spiking.graph().classes(), timeSteps);
        try (Backend backend = Device.choose(plan.device(), plan.precision()).open(plan.threads())) {
            progress.stage("accuracy", subject.images().size());
            long[] done = {0};
            LogitsObserver observer = (logits, stride, batch) -> {
                early.batch(logits, stride, batch);
                done[0] += batch.count();
                progress.step(done[0], "");
            };
            StepCurve curve = evaluate(backend, spiking, subject, timeSteps, observer, cancellation);
            progress.stageDone("");
            double ann = evaluate(backend, subject.ann(), subject, 1, LogitsObserver.none(), cancellation)
                    .finalAccuracy();
            return new Quality(subject, curve, early.results(), ann);
        }
    }

    private static StepCurve evaluate(
            Backend backend,
            SavedModel model,
            Subject subject,
            int timeSteps,
            LogitsObserver observer,
            Cancellation cancellation) {
        int batch = Math.min(BATCH, subject.images().size());
        return new NetworkEvaluation(backend, model.graph(), model.weights(), cancellation)
                .curve(subject.images(), batch, timeSteps, model.graph().isSpiking(), observer);
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
