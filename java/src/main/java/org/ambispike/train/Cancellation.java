package org.ambispike.train;

import java.util.concurrent.CancellationException;

/** A request to stop, made by one thread and looked at by long loops between two steps. Thread-safe. */
public final class Cancellation {
    private volatile boolean requested;

    /** Asks the work to stop after its current step, with its checkpoint kept. */
    public void request() {
        requested = true;
    }

    public boolean requested() {
        return requested;
    }

    /** @throws CancellationException if a stop was requested */
    public void check() {
        if (requested) {
            throw new CancellationException("stopped on request");
        }
    }
}
