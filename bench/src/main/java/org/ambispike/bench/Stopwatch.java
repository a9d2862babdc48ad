package org.ambispike.bench;

import org.ambispike.backend.Backend;
import org.ambispike.backend.cuda.CudaBackend;

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

    /** Milliseconds that some work takes by the device's own clock where it has one; nothing else is under way meanwhile. */
    static double deviceMilliseconds(Backend backend, Runnable work) {
        if (backend instanceof CudaBackend cuda) {
            return cuda.milliseconds(work);
        }
        backend.synchronize();
        return milliseconds(backend, work);
    }

    /** Milliseconds since a reading of {@link System#nanoTime()}. */
    static double since(long started) {
        return (System.nanoTime() - started) / NANOSECONDS_PER_MILLISECOND;
    }
}
