package org.ambispike.data;

/** Makes the batches of epochs. Used by the thread that begins epochs; what it gives may be used by others. */
interface BatchSource {
    /** Makes a batch that a {@link Filler} can fill. */
    Batch newBatch();

    /** The number of batches in every epoch. */
    int batches();

    /** Settles the order of an epoch, 0 or above. */
    Epoch begin(int number);

    /** Makes one that fills batches, for one thread. */
    Filler newFiller();

    /**
     * An epoch that was begun; never changes.
     *
     * @param order of the images; not to be written
     */
    record Epoch(int number, int[] order) {}

    /** Fills batches; for one thread. */
    interface Filler {
        /** Fills {@code target} with batch {@code index} of an epoch. */
        void fill(Epoch epoch, int index, Batch target);
    }
}
