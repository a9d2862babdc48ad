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
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
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
        List<Sample> list = new ArrayList<>();
        Map<String, byte[]> files = new LinkedHashMap<>();
        for (int index : images.labelled() ? byClass(images) : upTo(Math.min(MOST, images.size()))) {
            String file = index + ".png";
            int label = images.labelled() ? images.label(index) : -1;
            String name = images.labelled() ? images.classNames().get(label) : "image " + index;
            list.add(new Sample(index, label, name, Route.SAMPLE.label().replace("N.png", file)));
            files.put(file, png(images, index));
        }
        return new Samples(List.copyOf(list), files);
    }

    /** The first images of each class by class, then the second ones, and so on, until there are enough. */
    private static List<Integer> byClass(Dataset images) {
        Map<Integer, List<Integer>> classes = upTo(images.size()).stream()
                .collect(Collectors.groupingBy(images::label, TreeMap::new, Collectors.toList()));
        return upTo(Math.max(1, MOST / images.classes())).stream()
                .flatMap(round -> classes.values().stream()
                        .filter(those -> round < those.size())
                        .map(those -> those.get(round)))
                .limit(MOST)
                .toList();
    }

    private static List<Integer> upTo(int count) {
        return IntStream.range(0, count).boxed().toList();
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
