package org.ambispike.exec;

/** What may change from pass to pass; shared by the steps of one executor. */
final class RunState {
    private double kappa = 6.7;
    private long dropoutSeed;
    private long dropoutOffset;
    private boolean gradientOfRates;

    double kappa() {
        return kappa;
    }

    void kappa(double value) {
        kappa = value;
    }

    long dropoutSeed() {
        return dropoutSeed;
    }

    long dropoutOffset() {
        return dropoutOffset;
    }

    void dropout(long seed, long step) {
        dropoutSeed = seed;
        dropoutOffset = step << 32;
    }

    boolean gradientOfRates() {
        return gradientOfRates;
    }

    void gradientOfRates(boolean value) {
        gradientOfRates = value;
    }
}
