package org.ambispike.common;

/** Decides when the answer for an image is settled, so that it needs no more time steps. Thread-safe. */
public interface ExitDecision {
    /**
     * Returns whether an answer is settled; allocates nothing.
     *
     * @param logits running logits, at least offset + classes values
     * @param offset of the first class
     * @param classes at least 1
     * @param t time steps taken, from 1
     */
    boolean settles(float[] logits, int offset, int classes, int t);

    /** Returns the name in results. */
    String label();
}
