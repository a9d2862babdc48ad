package org.ambispike.backend;

/**
 * Work that a device is asked for again and again, with the same buffers and scalars; only what lies in the buffers changes. This
 * class calls the work each time; a device that has graphs captures it once and replays it. Used by the backend's thread. Closing
 * it twice does nothing more.
 */
public class CapturedGraph implements AutoCloseable {
    private final String label;
    private final Runnable work;
    private boolean open = true;

    /**
     * Keeps the work, without calling it.
     *
     * @param label for messages
     * @param work calls on one backend, the same at every run
     */
    protected CapturedGraph(String label, Runnable work) {
        this.label = label;
        this.work = work;
    }

    protected final String label() {
        return label;
    }

    /**
     * Does the work, with what lies in its buffers now.
     *
     * @throws IllegalStateException if this, or one of the buffers, was closed
     */
    public final void run() {
        if (!open) {
            throw new IllegalStateException(label + " is run after it was closed");
        }
        run(work);
    }

    /** Does the work, or what replays it. */
    protected void run(Runnable calls) {
        calls.run();
    }

    /** Returns how the work is done, to print. */
    public String describe() {
        return label + ": call by call";
    }

    /** Never throws. */
    @Override
    public void close() {
        open = false;
    }
}
