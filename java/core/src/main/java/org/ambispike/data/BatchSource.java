package org.ambispike.data;

import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import org.ambispike.common.InputException;
import org.ambispike.graph.Normalisation;
import org.ambispike.graph.Shape;

/**
 * Cuts a {@link Dataset} into batches: order, augmentation, normalisation. Used by the thread that begins epochs; what it gives may
 * be used by others.
 */
final class BatchSource {
    /** Stands where the index of an image does when augmentation draws, so that the two never share a sequence. */
    private static final long ORDER_STREAM = -1;

    private final Dataset dataset;
    private final BatchOptions options;
    private final float[][] normalised;

    /**
     * An epoch that was begun; never changes.
     *
     * @param order of the images; not to be written
     */
    record Epoch(int number, int[] order) {}

    /**
     * Batches of a data set.
     *
     * @throws InputException if the data set has too few images for one batch and partial batches are dropped
     * @throws IllegalArgumentException if the augmentation does not fit to the images
     */
    BatchSource(Dataset dataset, BatchOptions options) {
        if (options.dropLast() && options.batchSize() > dataset.size()) {
            throw new InputException("a batch of " + options.batchSize() + " images is larger than the "
                    + dataset.size() + " images of " + dataset.name() + "; choose a smaller one");
        }
        this.dataset = dataset;
        this.options = options;
        if (!dataset.pixels() && !options.augmentation().steps().isEmpty()) {
            throw new InputException(dataset.name() + ": augmentation is of pixels, and these are values as the network"
                    + " gets them; train without it (--augmentation none)");
        }
        normalised = normalisedValues(dataset.normalisation());
        newAugmenter();
    }

    private Augmenter newAugmenter() {
        Shape shape = dataset.imageShape();
        Shape image = shape.rank() == 3 ? shape : Shape.of(1, 1, dataset.imageLength());
        return new Augmenter(options.augmentation(), image, dataset.normalisation());
    }

    /** [C, 256]: the network's input for each value of a pixel. */
    private static float[][] normalisedValues(Normalisation normalisation) {
        List<Float> mean = normalisation.mean();
        float[][] values = new float[mean.size()][256];
        for (int channel = 0; channel < values.length; channel++) {
            for (int pixel = 0; pixel < 256; pixel++) {
                values[channel][pixel] = (pixel / 255f - mean.get(channel))
                        / normalisation.deviation().get(channel);
            }
        }
        return values;
    }

    /** Makes a batch that a {@link Filler} can fill. */
    Batch newBatch() {
        return new Batch(options.batchSize(), dataset.imageShape());
    }

    /** The number of batches in every epoch. */
    int batches() {
        int full = dataset.size() / options.batchSize();
        boolean partial = !options.dropLast() && dataset.size() % options.batchSize() != 0;
        return partial ? full + 1 : full;
    }

    /** Settles the order of an epoch, 0 or above. */
    Epoch begin(int number) {
        int[] order = IntStream.range(0, dataset.size()).toArray();
        if (options.shuffle()) {
            CounterRandom random = new CounterRandom();
            random.restart(options.seed(), number, ORDER_STREAM);
            random.shuffle(order);
        }
        return new Epoch(number, order);
    }

    /** Fills batches, without garbage after construction; for one thread. */
    final class Filler {
        private final Augmenter augmenter = newAugmenter();
        private final byte[] image = new byte[dataset.imageLength()];

        /** Fills {@code target} with batch {@code index} of an epoch. */
        void fill(Epoch epoch, int index, Batch target) {
            int from = index * options.batchSize();
            int count = Math.min(options.batchSize(), epoch.order().length - from);
            float[] images = target.images();
            for (int i = 0; i < count; i++) {
                int source = epoch.order()[from + i];
                if (dataset.pixels()) {
                    dataset.copyImage(source, image);
                    augmenter.apply(image, options.seed(), epoch.number(), source);
                    normalise(image, images, i * image.length);
                } else {
                    dataset.copyValues(source, images, i * image.length);
                }
                target.labels()[i] = dataset.labelled() ? dataset.label(source) : 0;
            }
            Arrays.fill(images, count * image.length, images.length, 0);
            Arrays.fill(target.labels(), count, options.batchSize(), 0);
            target.setCount(count);
        }
    }

    private void normalise(byte[] image, float[] target, int offset) {
        int channels = normalised.length;
        for (int channel = 0; channel < channels; channel++) {
            float[] values = normalised[channel];
            for (int i = channel; i < image.length; i += channels) {
                target[offset + i] = values[image[i] & 0xff];
            }
        }
    }
}
