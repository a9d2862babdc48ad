package org.ambispike.serve;

import java.awt.image.BufferedImage;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import javax.imageio.ImageIO;
import javax.imageio.stream.MemoryCacheImageOutputStream;
import org.ambispike.data.Dataset;

/** A few images of a data set to try the network with: for each class the first ones. Immutable and thread-safe. */
final class Samples {
    private static final int MOST = 20;

    /**
     * One image, as the list of samples has it.
     *
     * @param label -1 where it is not known
     */
    record Sample(int index, int label, String name, String image) {}

    private final List<Sample> list;
    private final Map<String, byte[]> files;

    private Samples(List<Sample> list, Map<String, byte[]> files) {
        this.list = list;
        this.files = files;
    }

    static Samples none() {
        return new Samples(List.of(), Map.of());
    }

    /** Images of one or three channels; of others there are none. */
    static Samples of(Dataset images) {
        int channels = images.imageShape().extent(-1);
        if (!images.pixels() || channels != 1 && channels != 3) {
            return none();
        }
        if (!images.labelled()) {
            return unlabelled(images);
        }
        int each = Math.max(1, MOST / images.classes());
        int[] taken = new int[images.classes()];
        List<Sample> list = new ArrayList<>();
        Map<String, byte[]> files = new LinkedHashMap<>();
        for (int round = 0; round < each; round++) {
            for (int label = 0; label < images.classes() && list.size() < MOST; label++) {
                int index = next(images, label, taken[label]);
                if (index < images.size()) {
                    taken[label] = index + 1;
                    String file = index + ".png";
                    list.add(new Sample(
                            index,
                            label,
                            images.classNames().get(label),
                            Route.SAMPLE.label().replace("N.png", file)));
                    files.put(file, png(images, index));
                }
            }
        }
        return new Samples(List.copyOf(list), files);
    }

    private static Samples unlabelled(Dataset images) {
        List<Sample> list = new ArrayList<>();
        Map<String, byte[]> files = new LinkedHashMap<>();
        for (int index = 0; index < Math.min(MOST, images.size()); index++) {
            String file = index + ".png";
            list.add(
                    new Sample(index, -1, "image " + index, Route.SAMPLE.label().replace("N.png", file)));
            files.put(file, png(images, index));
        }
        return new Samples(List.copyOf(list), files);
    }

    private static int next(Dataset images, int label, int from) {
        int index = from;
        while (index < images.size() && images.label(index) != label) {
            index++;
        }
        return index;
    }

    private static byte[] png(Dataset images, int index) {
        int height = images.imageShape().extent(0);
        int width = images.imageShape().extent(1);
        int channels = images.imageShape().extent(2);
        BufferedImage image = new BufferedImage(
                width, height, channels == 1 ? BufferedImage.TYPE_BYTE_GRAY : BufferedImage.TYPE_INT_RGB);
        byte[] values = images.image(index);
        for (int position = 0; position < height * width * channels; position++) {
            int pixel = position / channels;
            int value = Byte.toUnsignedInt(values[position]);
            image.getRaster().setSample(pixel % width, pixel / width, position % channels, value);
        }
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        try (MemoryCacheImageOutputStream stream = new MemoryCacheImageOutputStream(out)) {
            ImageIO.write(image, "png", stream);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return out.toByteArray();
    }

    List<Sample> list() {
        return list;
    }

    /** A PNG file by its name. */
    Optional<byte[]> file(String name) {
        return Optional.ofNullable(files.get(name));
    }
}
