package org.ambispike.common;

/** Told how long work goes on; called from the working thread. Hears of nothing that it does not ask for. */
public interface ProgressListener {
    /** A stage begins that will take this many steps. */
    default void stage(String name, long totalSteps) {}

    /**
     * So many steps of the stage are done.
     *
     * @param message short, for example {@code loss 0.312, 4,812 images/s}
     */
    default void step(long done, String message) {}

    /** A line that the user should see. */
    default void note(String line) {}

    /** The stage is over. */
    default void stageDone(String summary) {}

    /** Says nothing. */
    static ProgressListener silent() {
        return new ProgressListener() {};
    }
}
