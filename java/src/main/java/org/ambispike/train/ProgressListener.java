package org.ambispike.train;

/** Hears how long work goes on. Called by the one thread that does the work; never throws. */
public interface ProgressListener {
    /**
     * A stage begins.
     *
     * @param name for people, for example {@code calibrate T=4}
     * @param totalSteps how many steps it has, at least 1
     */
    void stage(String name, long totalSteps);

    /**
     * Steps of the current stage are done.
     *
     * @param done in all since the stage began
     * @param message what to show beside the count, for example {@code loss 0.312, 4,812 images/s}
     */
    void step(long done, String message);

    /** One line that stays readable. */
    void note(String line);

    /**
     * The current stage has ended.
     *
     * @param summary what came of it, for example {@code validation 0.931 after 12 epochs}
     */
    void stageDone(String summary);

    /** Hears nothing. */
    static ProgressListener silent() {
        return new ProgressListener() {
            @Override
            public void stage(String name, long totalSteps) {}

            @Override
            public void step(long done, String message) {}

            @Override
            public void note(String line) {}

            @Override
            public void stageDone(String summary) {}
        };
    }
}
