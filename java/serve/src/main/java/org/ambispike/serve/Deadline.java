package org.ambispike.serve;

import java.time.Duration;

/**
 * The moment until which a request must be answered. A value; thread-safe.
 *
 * @param nanoTime as {@link System#nanoTime} has it
 */
record Deadline(long nanoTime, Duration limit) {
    static Deadline in(Duration limit) {
        return new Deadline(System.nanoTime() + limit.toNanos(), limit);
    }

    /** @throws Problem if it has passed */
    void require() {
        if (System.nanoTime() - nanoTime > 0) {
            throw Problem.busy("the answer took longer than " + limit.toMillis() + " ms; ask for fewer time steps");
        }
    }
}
