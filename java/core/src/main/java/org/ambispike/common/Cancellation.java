package org.ambispike.common;

import java.util.concurrent.CancellationException;

/** A request to stop that working loops look at between steps. Thread-safe. */
public final class Cancellation {
    private volatile boolean requested;

    /** Makes one that nobody has asked for yet. */
    public Cancellation() {}

    public void request() {
        requested = true;
    }

    public boolean isRequested() {
        return requested;
    }

    /** @throws CancellationException if stopping was asked for */
    public void check() {
        if (requested) {
            throw new CancellationException("interrupted; the last checkpoint is kept, --resume continues from it");
        }
    }
}
