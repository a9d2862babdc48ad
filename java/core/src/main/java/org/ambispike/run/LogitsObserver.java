package org.ambispike.run;

import org.ambispike.data.Batch;

/** Sees the logits of each batch while images are evaluated. */
public interface LogitsObserver {
    /**
     * One batch; called by one thread at a time.
     *
     * @param logits [T, capacity, classes] running logits; the evaluator's own array, valid during the call
     * @param stride capacity times classes
     * @param batch its images' labels, and how many count
     */
    void batch(float[] logits, int stride, Batch batch);

    /** Looks at nothing. */
    static LogitsObserver none() {
        return (logits, stride, batch) -> {};
    }
}
