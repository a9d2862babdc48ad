package org.ambispike;

import java.time.Duration;
import java.util.Arrays;

/**
 * What a {@link SessionPool} did until a moment. Immutable, thread-safe.
 *
 * @param sessions of the pool, lent or not
 * @param idle sessions that nobody has
 * @param waiting requests that wait for a session at the moment
 * @param rejected requests that waited in vain, or found too many waiting
 * @param images that were answered
 * @param timeSteps that those took together
 * @param waits of requests until their session began with them
 * @param latencies of requests until they were answered or failed, with the waits
 */
public record PoolMetrics(
        int sessions, int idle, int waiting, long rejected, long images, long timeSteps, Times waits, Times latencies) {
    /** How long something took, how often. Immutable, thread-safe. */
    public static final class Times {
        private static final int PER_OCTAVE = 4;

        private final long count;
        private final long total;
        private final long longest;
        private final long[] buckets;

        /** @param buckets by {@link #bucket} */
        Times(long total, long longest, long[] buckets) {
            this.count = Arrays.stream(buckets).sum();
            this.total = total;
            this.longest = longest;
            this.buckets = buckets;
        }

        /** Four buckets for each doubling of nanoseconds. */
        static int bucket(long nanoseconds) {
            long value = Math.max(PER_OCTAVE, nanoseconds);
            int octave = Long.SIZE - 1 - Long.numberOfLeadingZeros(value);
            return PER_OCTAVE * octave + (int) (value >> octave - 2 & PER_OCTAVE - 1);
        }

        /** How often. */
        public long count() {
            return count;
        }

        public Duration total() {
            return Duration.ofNanos(total);
        }

        /** The longest since the pool was opened. */
        public Duration longest() {
            return Duration.ofNanos(longest);
        }

        /**
         * Returns what a share of them did not exceed, to within a quarter above; zero where there were none.
         *
         * @param share in (0, 1], for example 0.99
         */
        public Duration quantile(double share) {
            if (!(share > 0 && share <= 1)) {
                throw new IllegalArgumentException("a quantile is in (0, 1], got " + share);
            }
            long wanted = (long) Math.ceil(share * count);
            long seen = 0;
            for (int bucket = 0; bucket < buckets.length && wanted > 0; bucket++) {
                seen += buckets[bucket];
                if (seen >= wanted) {
                    long end = PER_OCTAVE + 1L + bucket % PER_OCTAVE << bucket / PER_OCTAVE - 2;
                    return Duration.ofNanos(Math.min(end, longest));
                }
            }
            return Duration.ZERO;
        }

        @Override
        public String toString() {
            return count + " times, " + total() + " in all, at most " + longest();
        }
    }
}
