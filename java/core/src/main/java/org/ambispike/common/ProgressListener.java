package org.ambispike.common;

/** Told how long work goes on; called from the working thread. */
public interface ProgressListener {
    /** A stage begins that will take this many steps. */
    void stage(String name, long totalSteps);

    /**
     * So many steps of the stage are done.
     *
     * @param message short, for example {@code loss 0.312, 4,812 images/s}
     */
    void step(long done, String message);

    /** A line that the user should see. */
    void note(String line);

    /** The stage is over. */
    void stageDone(String summary);

    /** Says nothing. */
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
