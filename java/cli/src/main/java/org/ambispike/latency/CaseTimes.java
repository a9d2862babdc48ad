package org.ambispike.latency;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.DoubleStream;
import org.ambispike.run.ImagePool;

/** The times of one case, round by round, and the most memory that it took. For one thread. */
final class CaseTimes {
    private static final double WARM_UP = 0.25;
    private static final int LEAST_CALLS = 2;
    private static final double NANOSECONDS_PER_SECOND = 1e9;
    private static final double NANOSECONDS_PER_MILLISECOND = 1e6;

    private final int batch;
    private final List<double[]> rounds = new ArrayList<>();
    private CallMemory memory = new CallMemory(0, 0);

    CaseTimes(int batch) {
        this.batch = batch;
    }

    /**
     * Gives a network that was opened anew its turn.
     *
     * @param seconds of timed calls; a quarter of that and at least one call come before
     */
    void measure(TimedModel network, ImagePool images, double seconds) {
        long warmUp = System.nanoTime() + (long) (WARM_UP * seconds * NANOSECONDS_PER_SECOND);
        do {
            network.call().accept(images.take(batch));
        } while (System.nanoTime() < warmUp);
        DoubleStream.Builder times = DoubleStream.builder();
        long end = System.nanoTime() + (long) (seconds * NANOSECONDS_PER_SECOND);
        int calls = 0;
        long now;
        do {
            long started = System.nanoTime();
            network.call().accept(images.take(batch));
            now = System.nanoTime();
            times.add((now - started) / NANOSECONDS_PER_MILLISECOND);
            calls++;
        } while (now < end || calls < LEAST_CALLS);
        round(times.build().toArray());
        memory = memory.orMore(new CallMemory(network.deviceBytes().getAsLong(), ProcessMemory.peak()));
    }

    /** @param milliseconds of each call of a round, at least one */
    void round(double[] milliseconds) {
        double[] sorted = milliseconds.clone();
        Arrays.sort(sorted);
        rounds.add(sorted);
    }

    CallTimes calls() {
        double[] all = rounds.stream().flatMapToDouble(Arrays::stream).sorted().toArray();
        double[] medians = rounds.stream()
                .mapToDouble(round -> OrderStatistics.percentile(round, 50))
                .toArray();
        return new CallTimes(
                all.length,
                OrderStatistics.median(medians),
                OrderStatistics.percentile(all, 95),
                OrderStatistics.percentile(all, 99),
                Arrays.stream(all).average().orElseThrow());
    }

    Interval imagesPerSecond() {
        return OrderStatistics.median(rounds.stream()
                .mapToDouble(round ->
                        1000.0 * batch * round.length / Arrays.stream(round).sum())
                .toArray());
    }

    CallMemory memory() {
        return memory;
    }
}
