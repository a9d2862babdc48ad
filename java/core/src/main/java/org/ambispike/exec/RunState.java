package org.ambispike.exec;

/** What may change from pass to pass; shared by the steps of one executor. */
final class RunState {
    /** What kernels are given as arguments, which a captured graph keeps. */
    record Scalars(double kappa, boolean gradientOfRates) {
        static final Scalars INITIAL = new Scalars(6.7, false);
    }

    private Scalars scalars = Scalars.INITIAL;
    private int images;
    private int time;

    double kappa() {
        return scalars.kappa;
    }

    void kappa(double value) {
        scalars = new Scalars(value, scalars.gradientOfRates);
    }

    Scalars scalars() {
        return scalars;
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
        return scalars.gradientOfRates;
    }

    void gradientOfRates(boolean value) {
        scalars = new Scalars(scalars.kappa, value);
    }
}
