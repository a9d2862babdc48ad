package org.ambispike.data;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.zip.CRC32C;
import org.ambispike.common.InputException;
import org.ambispike.graph.Normalisation;
import org.ambispike.graph.Shape;

/**
 * Images of one shape, one byte a value, with labels or without, or a view of a run of them. Pixels are in memory, or in
 * files that are decoded each time they are asked for. Immutable and thread-safe.
 */
public final class Dataset {
    /** The most classes that labels can tell apart. */
    public static final int MOST_CLASSES = 65_535;

    private static final long MOST_SUMMED = 1L << 28;

    private final String name;
    private final Part part;
    private final List<String> classNames;
    private final Normalisation normalisation;

    /** Images from one on, in arrays that slices share. */
    private record Part(PixelSource pixels, int[] labels, int first, int size, int whole) {
        static Part whole(PixelSource pixels, int[] labels) {
            return new Part(pixels, labels, 0, pixels.size(), pixels.size());
        }

        /** The place among all of one of these. */
        int place(int index) {
            return first + Objects.checkIndex(index, size);
        }
    }

    private Dataset(String name, Part part, List<String> classNames, Normalisation normalisation) {
        this.name = name;
        this.part = part;
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
     * @param classNames at most {@link #MOST_CLASSES}
     * @param normalisation of as many channels as the images have
     * @throws IllegalArgumentException if the sizes do not fit together or a label has no class
     */
    public static Dataset of(
            String name,
            Shape imageShape,
            byte[] pixels,
            int[] labels,
            List<String> classNames,
            Normalisation normalisation) {
        requireImages(name, imageShape, pixels, labels.length);
        return of(name, new StoredPixels(imageShape, pixels), labels, classNames, normalisation);
    }

    /**
     * A data set of at least one image, of which nobody knows the class. The array is shared, not copied.
     *
     * @param imageShape [H, W, C] of one image
     * @param pixels [N, H, W, C], unsigned bytes
     * @throws IllegalArgumentException if the sizes do not fit together
     */
    public static Dataset unlabelled(String name, Shape imageShape, byte[] pixels, Normalisation normalisation) {
        requireImages(name, imageShape, pixels, Math.max(1, Math.toIntExact(pixels.length / imageShape.elements())));
        return unlabelled(name, new StoredPixels(imageShape, pixels), normalisation);
    }

    /**
     * A data set of what a network is to get as it is, without normalisation and classes. The array is shared, not copied.
     *
     * @param shape [H, W, C] or [F] of one image
     * @param values [N, H, W, C], at least one image
     * @throws IllegalArgumentException if the sizes do not fit together, or a value is not finite
     */
    public static Dataset values(String name, Shape shape, float[] values) {
        if (values.length == 0 || values.length % shape.elements() != 0) {
            throw new IllegalArgumentException(
                    name + ": " + values.length + " values, expected a multiple of " + shape.elements());
        }
        for (int index = 0; index < values.length; index++) {
            if (!Float.isFinite(values[index])) {
                throw new IllegalArgumentException(name + ": image " + index / shape.elements() + " holds "
                        + values[index] + " at " + index % shape.elements());
            }
        }
        return unlabelled(name, new StoredValues(shape, values), Normalisation.none(shape.extent(-1)));
    }

    static Dataset unlabelled(String name, PixelSource pixels, Normalisation normalisation) {
        requireChannels(name, pixels.shape(), normalisation);
        return new Dataset(name, Part.whole(pixels, new int[0]), List.of(), normalisation);
    }

    static Dataset of(
            String name, PixelSource pixels, int[] labels, List<String> classNames, Normalisation normalisation) {
        requireChannels(name, pixels.shape(), normalisation);
        if (classNames.isEmpty() || classNames.size() > MOST_CLASSES) {
            throw new IllegalArgumentException(
                    name + ": " + classNames.size() + " classes, expected 1 to " + MOST_CLASSES);
        }
        if (labels.length == 0 || labels.length != pixels.size()) {
            throw new IllegalArgumentException(name + ": " + labels.length + " labels for " + pixels.size()
                    + " images, expected one for each and at least one image");
        }
        for (int i = 0; i < labels.length; i++) {
            if (labels[i] < 0 || labels[i] >= classNames.size()) {
                throw new IllegalArgumentException(name + ": image " + i + " has label " + labels[i]
                        + ", expected 0 to " + (classNames.size() - 1));
            }
        }
        return new Dataset(
                Objects.requireNonNull(name), Part.whole(pixels, labels), List.copyOf(classNames), normalisation);
    }

    private static void requireImages(String name, Shape imageShape, byte[] pixels, int count) {
        if (imageShape.rank() != 3) {
            throw new IllegalArgumentException(name + ": the shape of an image is [H, W, C], got " + imageShape);
        }
        if (count == 0 || pixels.length != count * imageShape.elements()) {
            throw new IllegalArgumentException(name + ": " + count + " labels need as many images " + imageShape
                    + " and at least one, got " + pixels.length + " pixels");
        }
    }

    private static void requireChannels(String name, Shape imageShape, Normalisation normalisation) {
        if (normalisation.mean().size() != imageShape.extent(-1)) {
            throw new IllegalArgumentException(name + ": images " + imageShape + " need a normalisation of "
                    + imageShape.extent(-1) + " channels, got " + normalisation);
        }
    }

    /** The name for reports; a slice keeps it. */
    public String name() {
        return name;
    }

    /** [H, W, C] of one image. */
    public Shape imageShape() {
        return part.pixels().shape();
    }

    /** Whether the classes of the images are known. */
    public boolean labelled() {
        return part.labels().length > 0;
    }

    /** Whether images are pixels, which are normalised; else they are the network's own input already. */
    public boolean pixels() {
        return part.pixels().bytes();
    }

    /** The names by class; empty where images have no labels. */
    public List<String> classNames() {
        return classNames;
    }

    /** The number of classes; 0 where images have no labels. */
    public int classes() {
        return classNames.size();
    }

    public Normalisation normalisation() {
        return normalisation;
    }

    /** The number of images. */
    public int size() {
        return part.size();
    }

    /** Returns how many images there were before any were sliced off. */
    public int whole() {
        return part.whole();
    }

    /** Returns how many of how many images these are, for messages: {@code 2,000 of 10,000 images} of a slice, else all. */
    public String portion() {
        return portion(size(), whole());
    }

    /** Returns the same of fewer of these images. */
    public String portion(long measured) {
        return portion(measured, whole());
    }

    /** Returns how many of how many images, for messages. */
    public static String portion(long measured, long all) {
        return String.format(Locale.ROOT, "%,d of %,d image%s", measured, all, all == 1 ? "" : "s");
    }

    /**
     * The class of image {@code index}, 0 to {@code classes() - 1}.
     *
     * @throws IllegalStateException if images have no labels
     */
    public int label(int index) {
        int place = part.place(index);
        if (!labelled()) {
            throw new IllegalStateException(name + ": images without labels");
        }
        return part.labels()[place];
    }

    /**
     * Returns the values of image {@code index}, row-major in [H, W, C], unsigned bytes, in an array of the caller's own.
     *
     * @throws IllegalStateException if images are no {@link #pixels}
     * @throws InputException naming the file, if it cannot be read or is not like the others
     */
    public byte[] image(int index) {
        byte[] values = new byte[imageLength()];
        copyImage(index, values);
        return values;
    }

    /**
     * Returns a checksum by which labels and images are known again: of all images up to 256 MiB, else of as many, spread
     * evenly.
     */
    public long checksum() {
        CRC32C sum = new CRC32C();
        int values = Math.toIntExact(imageShape().elements());
        ByteBuffer bytes = ByteBuffer.allocate(Math.multiplyExact(values, pixels() ? 1 : Float.BYTES));
        long summed = Math.min(size(), Math.max(1, MOST_SUMMED / bytes.capacity()));
        for (long turn = 0; turn < summed; turn++) {
            int place = part.place((int) (turn * size() / summed));
            if (pixels()) {
                part.pixels().copy(place, bytes.array());
            } else {
                float[] image = new float[values];
                part.pixels().copy(place, image, 0);
                bytes.asFloatBuffer().put(image);
            }
            sum.update(bytes.array());
        }
        ByteBuffer label = ByteBuffer.allocate(Integer.BYTES);
        for (int index = 0; labelled() && index < size(); index++) {
            sum.update(label.putInt(0, label(index)).array());
        }
        return sum.getValue();
    }

    /**
     * Images {@code from} to {@code to - 1} as a data set of their own, numbered from 0; the pixels are not copied.
     *
     * @throws IndexOutOfBoundsException if the range does not lie in this data set or is empty
     */
    public Dataset slice(int from, int to) {
        Objects.checkFromToIndex(from, to, size());
        if (from == to) {
            throw new IndexOutOfBoundsException("an empty slice of " + name + " at " + from);
        }
        Part slice = new Part(part.pixels(), part.labels(), part.first() + from, to - from, part.whole());
        return new Dataset(name, slice, classNames, normalisation);
    }

    /** The same images under another name. */
    Dataset named(String other) {
        return new Dataset(other, part, classNames, normalisation);
    }

    /**
     * The same images with another normalisation.
     *
     * @throws IllegalArgumentException if it is not of as many channels as the images
     */
    public Dataset with(Normalisation other) {
        requireChannels(name, imageShape(), other);
        return new Dataset(name, part, classNames, other);
    }

    /**
     * The same images, changed each time they are asked for. Where their number of channels changes, their normalisation is that
     * of pixels in [0, 1].
     *
     * @throws InputException if they cannot be changed so
     */
    public Dataset with(ImageTransform transform) {
        if (transform.isNone()) {
            return this;
        }
        if (!pixels()) {
            throw new InputException(name + ": a network's own input is not resized, cropped or coloured");
        }
        PixelSource changed = TransformedPixels.of(part.pixels(), transform);
        int channels = changed.shape().extent(-1);
        Normalisation kept = channels == imageShape().extent(-1) ? normalisation : Normalisation.none(channels);
        Part same = new Part(changed, part.labels(), part.first(), part.size(), part.whole());
        return new Dataset(name, same, classNames, kept);
    }

    /** The normalisation that gives these images a mean of 0 and a deviation of 1, by channel; none of the network's own input. */
    public Normalisation measuredNormalisation() {
        if (!pixels()) {
            return normalisation;
        }
        int channels = imageShape().extent(-1);
        double[] sums = new double[channels];
        double[] squares = new double[channels];
        int length = imageLength();
        byte[] image = new byte[length];
        for (int index = 0; index < size(); index++) {
            copyImage(index, image);
            for (int position = 0; position < length; position++) {
                double value = Byte.toUnsignedInt(image[position]) / 255.0;
                sums[position % channels] += value;
                squares[position % channels] += value * value;
            }
        }
        List<Float> mean = new ArrayList<>();
        List<Float> deviation = new ArrayList<>();
        double count = (double) size() * length / channels;
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
        return Math.toIntExact(imageShape().elements());
    }

    /** Copies image {@code index} into the first {@code H W C} bytes of {@code target}. */
    void copyImage(int index, byte[] target) {
        part.pixels().copy(part.place(index), target);
    }

    /** Copies the network's own input of image {@code index}. */
    void copyValues(int index, float[] target, int offset) {
        part.pixels().copy(part.place(index), target, offset);
    }

    @Override
    public String toString() {
        return name + " (" + size() + " images " + imageShape() + ", "
                + (labelled() ? classes() + " classes)" : "no labels)");
    }
}
