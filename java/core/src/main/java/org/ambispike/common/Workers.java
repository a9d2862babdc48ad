package org.ambispike.common;

import java.util.List;

/** Threads that work for an object and end with it. */
public final class Workers {
    private Workers() {}

    /** Waits until all have ended; an interrupt that comes meanwhile is kept for later. */
    public static void join(List<Thread> threads) {
        boolean interrupted = false;
        for (Thread thread : threads) {
            while (thread.isAlive()) {
                try {
                    thread.join();
                } catch (InterruptedException e) {
                    interrupted = true;
                }
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }
}
