package org.ambispike.exec;

/** What may change from pass to pass; shared by the steps of one executor. */
final class RunState {
    /** What kernels are given as arguments, which a recording keeps. */
    record Scalars(double kappa, boolean gradientOfRates) {}

    private double kappa = 6.7;
    private boolean gradientOfRates;
    private int images;
    private int time;

    double kappa() {
        return kappa;
    }

    void kappa(double value) {
        kappa = value;
    }

    Scalars scalars() {
        return new Scalars(kappa, gradientOfRates);
    }

    /** Begins a run of so many images, at most the batch. */
    void begin(int count) {
        images = count;
        time = 0;
    }

    /** Goes on with another executor's run. */
    void resume(RunState other, int count) {
        images = count;
        time = other.time;
    }

    /** The images of the batch that count. */
    int images() {
        return images;
    }

    /** Time steps that are done; stays 0 unless streaming. */
    int time() {
        return time;
    }

    void advance() {
        time++;
    }

    boolean gradientOfRates() {
        return gradientOfRates;
    }

    void gradientOfRates(boolean value) {
        gradientOfRates = value;
    }
}
