package org.ambispike.latency;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.CancellationException;
import org.ambispike.common.Cancellation;
import org.ambispike.common.Precision;
import org.ambispike.common.ProgressListener;
import org.ambispike.run.ImagePool;

/**
 * Measures a spiking network for each T and batch, with early exits, and its ANN, as a program that embeds the library
 * sees them. Accuracy and work come from one pass over all images; then the cases take turns in rounds, in each of which
 * every case is opened anew, warmed up, and called for a while. For one thread.
 */
public final class LatencyBenchmark {
    private final BenchmarkInput input;
    private final LatencyPlan plan;
    private final ProgressListener progress;
    private final Cancellation cancellation;

    public LatencyBenchmark(
            BenchmarkInput input, LatencyPlan plan, ProgressListener progress, Cancellation cancellation) {
        this.input = input;
        this.plan = plan;
        this.progress = progress;
        this.cancellation = cancellation;
    }

    /**
     * Measures all cases of the plan.
     *
     * @return the ANN by batch, each batch by T, the early exits
     * @throws CancellationException after a request to stop
     * @throws org.ambispike.common.BackendException if memory is short, or the device lacks the precision
     */
    public List<LatencyPoint> run() {
        AccuracyCheck accuracy = AccuracyCheck.measure(input, plan, progress, cancellation);
        List<LatencyCase> cases = plan.cases();
        List<CaseTimes> times =
                cases.stream().map(how -> new CaseTimes(how.batch())).toList();
        ImagePool images = ImagePool.of(input.images(), plan.largestBatch());
        progress.stage("latency", (long) plan.rounds() * cases.size());
        long done = 0;
        for (int round = 0; round < plan.rounds(); round++) {
            for (int index : plan.order(round)) {
                stopIfAsked();
                ProcessMemory.resetPeak();
                try (TimedModel network = TimedModel.open(input, plan, cases.get(index))) {
                    times.get(index).measure(network, images, plan.seconds() / plan.rounds());
                }
                progress.step(++done, cases.get(index).label());
            }
        }
        progress.stageDone("");
        List<LatencyPoint> points = new ArrayList<>();
        for (int index = 0; index < cases.size(); index++) {
            points.add(point(cases.get(index), times.get(index), accuracy));
        }
        return points;
    }

    private void stopIfAsked() {
        if (cancellation.isRequested()) {
            throw new CancellationException("interrupted; nothing was written");
        }
    }

    private LatencyPoint point(LatencyCase how, CaseTimes times, AccuracyCheck accuracy) {
        Precision precision = plan.precision();
        return new LatencyPoint(
                how.ann() ? LatencyPoint.ANN : LatencyPoint.SNN,
                (how.ann() ? precision.withoutSpikes() : precision).name().toLowerCase(Locale.ROOT),
                how.timeSteps(),
                how.exits() ? how.rule().label() : "",
                how.batch(),
                accuracy.accuracy(how),
                accuracy.relativeError(how),
                accuracy.meanTimeSteps(how),
                times.calls(),
                times.imagesPerSecond(),
                times.memory(),
                accuracy.work(how));
    }
}
