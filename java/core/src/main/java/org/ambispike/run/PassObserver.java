package org.ambispike.run;

/** Looks at what a network made of each batch of a data set. */
public interface PassObserver {
    /**
     * Looks at one batch. Called by one thread at a time, but not always by the same; batches come in the data set's order
     * unless the pass is split over threads.
     *
     * @param result valid during the call
     */
    void batch(PassResult result);
}
