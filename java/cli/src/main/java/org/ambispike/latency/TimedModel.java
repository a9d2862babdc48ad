package org.ambispike.latency;

import java.nio.FloatBuffer;

/** A network that is ready for calls of one batch size; for one thread. */
interface TimedModel extends AutoCloseable {
    /**
     * Runs images; the logits are in the caller's memory when this returns.
     *
     * @param images [batch, H, W, C], normalised
     */
    void call(FloatBuffer images);

    /** That it holds on its device. */
    long deviceBytes();

    @Override
    void close();
}
