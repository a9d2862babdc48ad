package org.ambispike.data;

import java.util.Arrays;
import java.util.List;
import org.ambispike.graph.Normalisation;
import org.ambispike.graph.Shape;

/** Applies an {@link Augmentation} to images of one shape, in place. Not thread-safe. */
final class Augmenter {
    private final List<Augmentation> steps;
    private final int height;
    private final int width;
    private final int channels;
    private final byte[] mean;
    private final PhotoOperations operations;
    private final CounterRandom random = new CounterRandom();

    /**
     * An augmenter for images [H, W, C].
     *
     * @param normalisation whose means fill what is cut out
     * @throws IllegalArgumentException if a shift can move the whole image out of sight
     */
    Augmenter(Augmentation augmentation, Shape imageShape, Normalisation normalisation) {
        steps = augmentation.steps();
        operations = new PhotoOperations(imageShape, random);
        mean = new byte[normalisation.mean().size()];
        for (int channel = 0; channel < mean.length; channel++) {
            mean[channel] = (byte) Math.round(255 * normalisation.mean().get(channel));
        }
        height = imageShape.extent(0);
        width = imageShape.extent(1);
        channels = imageShape.extent(2);
        for (Augmentation step : steps) {
            if (step instanceof Augmentation.ShiftAndFlip shift && shift.maxShift() >= Math.min(height, width)) {
                throw new IllegalArgumentException(
                        "a shift of " + shift.maxShift() + " moves images " + imageShape + " out of sight");
            }
        }
    }

    /** Changes {@code image} [H, W, C] as these coordinates have it. */
    void apply(byte[] image, long seed, long epoch, int index) {
        if (steps.isEmpty()) {
            return;
        }
        random.restart(seed, epoch, index);
        for (Augmentation step : steps) {
            apply(step, image);
        }
    }

    private void apply(Augmentation step, byte[] image) {
        if (step instanceof Augmentation.ShiftAndFlip shift) {
            shift(image, random.within(shift.maxShift()), random.within(shift.maxShift()));
            if (shift.flip() && random.below(2) == 1) {
                flip(image);
            }
        } else if (step instanceof Augmentation.Cutout cutout) {
            cut(image, random.below(height), random.below(width), cutout.size());
        } else if (step instanceof Augmentation.RandAugment choice) {
            for (int operation = 0; operation < choice.operations(); operation++) {
                operations.apply(image, choice.magnitude() / (double) Augmentation.RandAugment.STRONGEST);
            }
        } else {
            Augmentation.Erase erase = (Augmentation.Erase) step;
            if (random.unit() < erase.probability()) {
                erase(image, erase);
            }
        }
    }

    /** Moves the image down by {@code rows} and right by {@code columns}; what comes in is 0. */
    void shift(byte[] image, int rows, int columns) {
        if (rows == 0 && columns == 0) {
            return;
        }
        int rowLength = width * channels;
        int distance = rows * rowLength + columns * channels;
        int moved = image.length - Math.abs(distance);
        System.arraycopy(image, Math.max(0, -distance), image, Math.max(0, distance), moved);
        clear(image, rows > 0 ? 0 : height + rows, Math.abs(rows), 0, width);
        clear(image, 0, height, columns > 0 ? 0 : width + columns, Math.abs(columns));
    }

    private void clear(byte[] image, int top, int rows, int left, int columns) {
        for (int row = top; columns > 0 && row < top + rows; row++) {
            int start = (row * width + left) * channels;
            Arrays.fill(image, start, start + columns * channels, (byte) 0);
        }
    }

    /** Mirrors the image left to right. */
    void flip(byte[] image) {
        for (int row = 0; row < height; row++) {
            int left = row * width * channels;
            int right = left + (width - 1) * channels;
            for (; left < right; left += channels, right -= channels) {
                for (int channel = 0; channel < channels; channel++) {
                    byte value = image[left + channel];
                    image[left + channel] = image[right + channel];
                    image[right + channel] = value;
                }
            }
        }
    }

    /** Fills a square around the pixel at {@code row} and {@code column}, as far as it lies in the image. */
    void cut(byte[] image, int row, int column, int size) {
        int top = Math.max(0, row - size / 2);
        int bottom = Math.min(height, row - size / 2 + size);
        int left = Math.max(0, column - size / 2);
        int right = Math.min(width, column - size / 2 + size);
        for (int y = top; y < bottom; y++) {
            for (int x = left; x < right; x++) {
                System.arraycopy(mean, 0, image, (y * width + x) * channels, channels);
            }
        }
    }

    private void erase(byte[] image, Augmentation.Erase erase) {
        double area = (erase.minArea() + random.unit() * (erase.maxArea() - erase.minArea())) * height * width;
        // StrictMath, because the same seed is to give the same images on every machine
        double aspect = StrictMath.exp((2 * random.unit() - 1) * StrictMath.log(erase.minAspect()));
        int rows = extent(StrictMath.sqrt(area * aspect), height);
        int columns = extent(StrictMath.sqrt(area / aspect), width);
        int top = random.below(height - rows + 1);
        int left = random.below(width - columns + 1);
        for (int row = top; row < top + rows; row++) {
            int start = (row * width + left) * channels;
            for (int i = start; i < start + columns * channels; i++) {
                image[i] = (byte) random.next();
            }
        }
    }

    private static int extent(double wanted, int limit) {
        return Math.max(1, Math.min(limit, (int) Math.round(wanted)));
    }
}
