package org.ambispike.latency;

import java.util.stream.DoubleStream;
import org.ambispike.run.ImagePool;

/**
 * A case's turn in one round: the network is opened anew, so that only it takes memory, warmed up, and called for a while.
 *
 * @param milliseconds of each timed call
 */
record CaseRound(double[] milliseconds, CallMemory memory) {
    private static final double WARM_UP = 0.25;
    private static final int LEAST_CALLS = 2;
    private static final double NANOSECONDS_PER_SECOND = 1e9;
    private static final double NANOSECONDS_PER_MILLISECOND = 1e6;

    /** @param seconds of timed calls; a quarter of that and at least one call come before */
    static CaseRound measure(TimedModel network, ImagePool images, int batch, double seconds) {
        long warmUp = System.nanoTime() + (long) (WARM_UP * seconds * NANOSECONDS_PER_SECOND);
        do {
            network.call(images.take(batch));
        } while (System.nanoTime() < warmUp);
        DoubleStream.Builder times = DoubleStream.builder();
        long end = System.nanoTime() + (long) (seconds * NANOSECONDS_PER_SECOND);
        int calls = 0;
        long now;
        do {
            long started = System.nanoTime();
            network.call(images.take(batch));
            now = System.nanoTime();
            times.add((now - started) / NANOSECONDS_PER_MILLISECOND);
            calls++;
        } while (now < end || calls < LEAST_CALLS);
        return new CaseRound(times.build().toArray(), new CallMemory(network.deviceBytes(), ProcessMemory.peak()));
    }
}
