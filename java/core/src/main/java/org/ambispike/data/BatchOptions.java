package org.ambispike.data;

/**
 * How a data set is cut into batches. Order and augmentation of an epoch are functions of the seed and the epoch alone.
 *
 * @param batchSize images in a batch, at least 1
 * @param shuffle whether each epoch has an order of its own; else the data set's order
 * @param dropLast whether images that do not fill the last batch are left out
 * @param augmentation what happens to each image
 * @param seed of order and augmentation
 */
public record BatchOptions(int batchSize, boolean shuffle, boolean dropLast, Augmentation augmentation, long seed) {
    public BatchOptions {
        if (batchSize < 1) {
            throw new IllegalArgumentException("a batch holds at least 1 image, got " + batchSize);
        }
    }

    /** For evaluation: every image once, unchanged, in the data set's order. */
    public static BatchOptions inOrder(int batchSize) {
        return new BatchOptions(batchSize, false, false, Augmentation.none(), 0);
    }

    /** For training: shuffled anew each epoch, only full batches. */
    public static BatchOptions training(int batchSize, Augmentation augmentation, long seed) {
        return new BatchOptions(batchSize, true, true, augmentation, seed);
    }
}
