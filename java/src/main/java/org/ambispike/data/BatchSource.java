package org.ambispike.data;

/** Fills batches, one after the other; used by one thread at a time. */
interface BatchSource {
    /** Makes a batch that {@link #fill} can fill. */
    Batch newBatch();

    /** The number of batches in every epoch. */
    int batches();

    /** Settles the order of an epoch, 0 or above; comes before its first {@link #fill}. */
    void begin(int epoch);

    /** Fills {@code target} with batch {@code index} of the epoch that was begun. */
    void fill(int index, Batch target);
}
