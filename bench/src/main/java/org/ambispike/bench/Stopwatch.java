package org.ambispike.bench;

import org.ambispike.backend.Backend;

/** Times work on a backend. */
final class Stopwatch {
    private static final double NANOSECONDS_PER_MILLISECOND = 1e6;

    private Stopwatch() {}

    /** Milliseconds that some work takes, until the backend has done all of it. */
    static double milliseconds(Backend backend, Runnable work) {
        long started = System.nanoTime();
        work.run();
        backend.synchronize();
        return since(started);
    }

    /** Milliseconds since a reading of {@link System#nanoTime()}. */
    static double since(long started) {
        return (System.nanoTime() - started) / NANOSECONDS_PER_MILLISECOND;
    }
}
