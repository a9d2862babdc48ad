package org.ambispike.data;

/**
 * SplitMix64 (Steele, Lea, Flood, "Fast Splittable Pseudorandom Number Generators", 2014), restarted from coordinates:
 * what it yields depends on (seed, epoch, index) alone, not on what was drawn before. Reused, so that drawing for each
 * image makes no garbage. Not thread-safe.
 */
final class CounterRandom {
    private static final long GOLDEN_GAMMA = 0x9e3779b97f4a7c15L;

    private long state;

    /** Starts the sequence of these coordinates. */
    void restart(long seed, long epoch, long index) {
        state = mix(mix(mix(seed + GOLDEN_GAMMA) + epoch + GOLDEN_GAMMA) + index + GOLDEN_GAMMA);
    }

    /** Uniform in 0 to {@code bound - 1}; the bias is below bound / 2^32. */
    int below(int bound) {
        return (int) ((next() >>> 32) * bound >>> 32);
    }

    /** Puts elements into a random order (Fisher and Yates). */
    void shuffle(int[] order) {
        for (int last = order.length - 1; last > 0; last--) {
            int other = below(last + 1);
            int index = order[last];
            order[last] = order[other];
            order[other] = index;
        }
    }

    /** Uniform in {@code -magnitude} to {@code magnitude}. */
    int within(int magnitude) {
        return below(2 * magnitude + 1) - magnitude;
    }

    /** Uniform in [0, 1). */
    double unit() {
        return (next() >>> 11) * 0x1p-53;
    }

    long next() {
        state += GOLDEN_GAMMA;
        return mix(state);
    }

    private static long mix(long z) {
        z = (z ^ z >>> 30) * 0xbf58476d1ce4e5b9L;
        z = (z ^ z >>> 27) * 0x94d049bb133111ebL;
        return z ^ z >>> 31;
    }
}
