package org.ambispike.train;

import org.ambispike.backend.Backend;
import org.ambispike.backend.DeviceBuffer;
import org.ambispike.exec.ParameterStore;

/**
 * The exponential moving average of all parameters, or, with decay 0, the parameters themselves. While fewer than
 * 1 / (1 - decay) steps have passed, the average is over all of them.
 */
final class MovingAverage implements AutoCloseable {
    private final Backend backend;
    private final ParameterStore store;
    private final double decay;
    private final StepScalar decayNow;
    private final DeviceBuffer average;
    private long updates;

    MovingAverage(Backend backend, ParameterStore store, double decay, StepScalars numbers) {
        this.backend = backend;
        this.store = store;
        this.decay = decay;
        this.decayNow = numbers.input("average decay", 1);
        this.average = decay > 0
                ? backend.memory().allocate("average", store.allValues().bytes())
                : DeviceBuffer.absent();
        if (decay > 0) {
            backend.memory().copy(store.allValues(), average);
        }
    }

    /** Sets the numbers of the next update. */
    void begin() {
        decayNow.set(0, Math.min(decay, updates / (updates + 1.0)));
    }

    /**
     * The update, on the device.
     *
     * @param clip [2] doubles; see {@link org.ambispike.backend.UpdateStep}
     */
    void update(DeviceBuffer clip) {
        if (decay > 0) {
            backend.optimizer().movingAverage(average, store.allValues(), decayNow.buffer(), clip);
        }
    }

    /** Counts an update that was done. */
    void finish() {
        if (decay > 0) {
            updates++;
        }
    }

    boolean isKept() {
        return decay > 0;
    }

    long updates() {
        return updates;
    }

    void resume(long updatesDone) {
        updates = updatesDone;
    }

    /** The average, or the parameters where none is kept. */
    DeviceBuffer current() {
        return decay > 0 ? average : store.allValues();
    }

    @Override
    public void close() {
        average.close();
    }
}
