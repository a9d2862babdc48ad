package org.ambispike;

import java.util.concurrent.atomic.AtomicLongArray;
import java.util.concurrent.atomic.LongAccumulator;
import java.util.concurrent.atomic.LongAdder;
import java.util.stream.IntStream;

/** Counts what a pool does; allocates nothing. Thread-safe. */
final class PoolMeter {
    private static final int BUCKETS = 256;

    private final LongAdder images = new LongAdder();
    private final LongAdder timeSteps = new LongAdder();
    private final LongAdder rejected = new LongAdder();
    private final Timer waits = new Timer();
    private final Timer latencies = new Timer();

    private static final class Timer {
        private final LongAdder total = new LongAdder();
        private final LongAccumulator longest = new LongAccumulator(Math::max, 0);
        private final AtomicLongArray buckets = new AtomicLongArray(BUCKETS);

        void add(long nanoseconds) {
            total.add(nanoseconds);
            longest.accumulate(nanoseconds);
            buckets.incrementAndGet(PoolMetrics.Times.bucket(nanoseconds));
        }

        PoolMetrics.Times times() {
            long[] counts = IntStream.range(0, BUCKETS).mapToLong(buckets::get).toArray();
            return new PoolMetrics.Times(total.sum(), longest.get(), counts);
        }
    }

    void answered(int count, long steps) {
        images.add(count);
        timeSteps.add(steps);
    }

    void rejected() {
        rejected.increment();
    }

    /** @param came when the request came, by {@link System#nanoTime} */
    void began(long came) {
        waits.add(System.nanoTime() - came);
    }

    /** @param came when the request came, by {@link System#nanoTime} */
    void ended(long came) {
        latencies.add(System.nanoTime() - came);
    }

    PoolMetrics metrics(int sessions, int idle, int waiting) {
        return new PoolMetrics(
                sessions,
                idle,
                waiting,
                rejected.sum(),
                images.sum(),
                timeSteps.sum(),
                waits.times(),
                latencies.times());
    }
}
