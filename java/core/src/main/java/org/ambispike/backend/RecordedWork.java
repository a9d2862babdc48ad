package org.ambispike.backend;

/**
 * Work that a backend is asked for again and again, with the same buffers and scalars; only what lies in the buffers
 * changes. Used by the backend's thread. Closing it twice does nothing more.
 */
public interface RecordedWork extends AutoCloseable {
    /**
     * Does the work, with what lies in its buffers now.
     *
     * @throws IllegalStateException if this, or one of the buffers, was closed
     */
    void run();

    /** How it is done, for people. */
    String describe();

    /** Never throws. */
    @Override
    void close();
}
