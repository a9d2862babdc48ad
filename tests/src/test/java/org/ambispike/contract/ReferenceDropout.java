package org.ambispike.contract;

/**
 * Which elements dropout keeps. The bits are part of the contract: a network trained on one device must be the one that
 * another would have trained.
 */
final class ReferenceDropout {
    private ReferenceDropout() {}

    static boolean keeps(long seed, long index, double probability) {
        int high = mix((int) (index >>> 32) ^ (int) (seed >>> 32) ^ 0x9e3779b9);
        int bits = mix(mix((int) index ^ (int) seed) + high);
        return Integer.toUnsignedLong(bits) >= (long) ((float) probability * 4294967296.0);
    }

    /** Wellons' "lowbias32". */
    private static int mix(int value) {
        int x = value;
        x ^= x >>> 16;
        x *= 0x7feb352d;
        x ^= x >>> 15;
        x *= 0x846ca68b;
        return x ^ x >>> 16;
    }
}
