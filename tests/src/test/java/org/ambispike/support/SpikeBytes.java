package org.ambispike.support;

/** Spikes as bytes: 1 + q + 16 (1 + r), where one is worth q thetaP - r thetaN; q and r are -1, 0 or 1. */
public final class SpikeBytes {
    private static final int HIGH = 16;

    private SpikeBytes() {}

    public static int of(int q, int r) {
        return 1 + q + HIGH * (1 + r);
    }

    /** @throws IllegalArgumentException if the byte stands for nothing */
    public static float worth(int spike, float thetaP, float thetaN) {
        int q = spike % HIGH - 1;
        int r = spike / HIGH - 1;
        if (Math.abs(q) > 1 || Math.abs(r) > 1) {
            throw new IllegalArgumentException(spike + " is no spike");
        }
        return q * thetaP - r * thetaN;
    }

    /**
     * A byte that is worth just that.
     *
     * @throws IllegalArgumentException if there is none
     */
    public static int of(float worth, float thetaP, float thetaN) {
        for (int q = -1; q <= 1; q++) {
            for (int r = -1; r <= 1; r++) {
                if (worth(of(q, r), thetaP, thetaN) == worth) {
                    return of(q, r);
                }
            }
        }
        throw new IllegalArgumentException("no spike is worth " + worth);
    }
}
