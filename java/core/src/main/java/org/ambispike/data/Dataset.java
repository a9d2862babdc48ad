package org.ambispike.data;

import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.ambispike.graph.Normalisation;
import org.ambispike.graph.Shape;

/** Labelled images in memory, one byte a value, or a view of a run of them. Immutable and thread-safe. */
public final class Dataset {
    private final String name;
    private final Shape imageShape;
    private final byte[] pixels;
    private final byte[] labels;
    private final int first;
    private final int size;
    private final List<String> classNames;
    private final Normalisation normalisation;

    /** Images from one on, in arrays that slices share. */
    private record Part(byte[] pixels, byte[] labels, int first, int size) {}

    private Dataset(String name, Shape imageShape, Part part, List<String> classNames, Normalisation normalisation) {
        this.name = name;
        this.imageShape = imageShape;
        this.pixels = part.pixels();
        this.labels = part.labels();
        this.first = part.first();
        this.size = part.size();
        this.classNames = classNames;
        this.normalisation = normalisation;
    }

    /**
     * A data set of at least one image. The arrays are shared, not copied: the caller gives them away.
     *
     * @param name for reports, such as "Fashion-MNIST"
     * @param imageShape [H, W, C] of one image
     * @param pixels [size, H, W, C], unsigned bytes
     * @param labels [size], each an index into the class names
     * @param classNames at most 128
     * @param normalisation of as many channels as the images have
     * @throws IllegalArgumentException if the sizes do not fit together or a label has no class
     */
    public static Dataset of(
            String name,
            Shape imageShape,
            byte[] pixels,
            byte[] labels,
            List<String> classNames,
            Normalisation normalisation) {
        if (imageShape.rank() != 3) {
            throw new IllegalArgumentException(name + ": the shape of an image is [H, W, C], got " + imageShape);
        }
        if (labels.length == 0 || pixels.length != labels.length * imageShape.elements()) {
            throw new IllegalArgumentException(name + ": " + labels.length + " labels need as many images " + imageShape
                    + " and at least one, got " + pixels.length + " pixels");
        }
        if (normalisation.mean().size() != imageShape.extent(-1)) {
            throw new IllegalArgumentException(name + ": images " + imageShape + " need a normalisation of "
                    + imageShape.extent(-1) + " channels, got " + normalisation);
        }
        for (int i = 0; i < labels.length; i++) {
            if (labels[i] < 0 || labels[i] >= classNames.size()) {
                throw new IllegalArgumentException(name + ": image " + i + " has label " + Byte.toUnsignedInt(labels[i])
                        + ", expected 0 to " + (classNames.size() - 1));
            }
        }
        return new Dataset(
                Objects.requireNonNull(name),
                imageShape,
                new Part(pixels, labels, 0, labels.length),
                List.copyOf(classNames),
                normalisation);
    }

    /** The name for reports; a slice keeps it. */
    public String name() {
        return name;
    }

    /** [H, W, C] of one image. */
    public Shape imageShape() {
        return imageShape;
    }

    public List<String> classNames() {
        return classNames;
    }

    public int classes() {
        return classNames.size();
    }

    public Normalisation normalisation() {
        return normalisation;
    }

    /** The number of images. */
    public int size() {
        return size;
    }

    /** The class of image {@code index}, 0 to {@code classes() - 1}. */
    public int label(int index) {
        return labels[first + Objects.checkIndex(index, size)];
    }

    /** The value at {@code position} (row-major in [H, W, C]) of image {@code index}, 0 to 255. */
    public int pixel(int index, int position) {
        int length = imageLength();
        return Byte.toUnsignedInt(pixels[imageStart(index) + Objects.checkIndex(position, length)]);
    }

    /**
     * Images {@code from} to {@code to - 1} as a data set of their own, numbered from 0; the pixels are not copied.
     *
     * @throws IndexOutOfBoundsException if the range does not lie in this data set or is empty
     */
    public Dataset slice(int from, int to) {
        Objects.checkFromToIndex(from, to, size);
        if (from == to) {
            throw new IndexOutOfBoundsException("an empty slice of " + name + " at " + from);
        }
        return new Dataset(
                name, imageShape, new Part(pixels, labels, first + from, to - from), classNames, normalisation);
    }

    /** The same images under another name. */
    Dataset named(String other) {
        return new Dataset(other, imageShape, new Part(pixels, labels, first, size), classNames, normalisation);
    }

    /**
     * The same images with another normalisation.
     *
     * @throws IllegalArgumentException if it is not of as many channels as the images
     */
    public Dataset with(Normalisation other) {
        if (other.mean().size() != imageShape.extent(-1)) {
            throw new IllegalArgumentException(
                    name + ": images " + imageShape + " do not fit to the normalisation " + other);
        }
        return new Dataset(name, imageShape, new Part(pixels, labels, first, size), classNames, other);
    }

    /** The normalisation that gives these images a mean of 0 and a deviation of 1, by channel. */
    public Normalisation measuredNormalisation() {
        int channels = imageShape.extent(-1);
        double[] sums = new double[channels];
        double[] squares = new double[channels];
        int length = imageLength();
        for (int index = first * length; index < (first + size) * length; index++) {
            double value = Byte.toUnsignedInt(pixels[index]) / 255.0;
            sums[index % channels] += value;
            squares[index % channels] += value * value;
        }
        List<Float> mean = new ArrayList<>();
        List<Float> deviation = new ArrayList<>();
        double count = (double) size * length / channels;
        for (int channel = 0; channel < channels; channel++) {
            double average = sums[channel] / count;
            double variance = Math.max(0, squares[channel] / count - average * average);
            mean.add((float) average);
            // a channel of one value carries nothing and stays as it is
            deviation.add(variance == 0 ? 1 : (float) Math.sqrt(variance));
        }
        return new Normalisation(mean, deviation);
    }

    /** Values of one image. */
    int imageLength() {
        return Math.toIntExact(imageShape.elements());
    }

    /** Copies image {@code index} into the first {@code H W C} bytes of {@code target}. */
    void copyImage(int index, byte[] target) {
        System.arraycopy(pixels, imageStart(index), target, 0, imageLength());
    }

    private int imageStart(int index) {
        return (first + Objects.checkIndex(index, size)) * imageLength();
    }

    @Override
    public String toString() {
        return name + " (" + size + " images " + imageShape + ", " + classes() + " classes)";
    }
}
