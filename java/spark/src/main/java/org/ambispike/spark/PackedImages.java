package org.ambispike.spark;

import java.io.ByteArrayOutputStream;
import java.io.Serializable;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Iterator;
import java.util.List;
import java.util.stream.IntStream;
import org.ambispike.Model;
import org.ambispike.common.InputException;
import org.ambispike.data.Dataset;
import org.ambispike.graph.Normalisation;
import org.ambispike.graph.Shape;
import org.apache.spark.sql.Row;
import org.apache.spark.storage.StorageLevel;

/**
 * A data set as Spark moves it. The arrays are its own.
 *
 * @param shape [H, W, C]
 * @param pixels [N, H, W, C]
 * @param labels [N]; none where nobody knows them
 */
record PackedImages(
        String name,
        int[] shape,
        byte[] pixels,
        int[] labels,
        List<String> classNames,
        List<Float> mean,
        List<Float> deviation)
        implements Serializable {
    /** Where partitions of images are kept between jobs. */
    static final StorageLevel KEPT = StorageLevel.MEMORY_AND_DISK();

    static PackedImages of(Dataset images) {
        byte[] pixels =
                new byte[Math.toIntExact(images.size() * images.imageShape().elements())];
        for (int image = 0; image < images.size(); image++) {
            byte[] values = images.image(image);
            System.arraycopy(values, 0, pixels, image * values.length, values.length);
        }
        int[] labels = images.labelled()
                ? IntStream.range(0, images.size()).map(images::label).toArray()
                : new int[0];
        return new PackedImages(
                images.name(),
                images.imageShape().toArray(),
                pixels,
                labels,
                new ArrayList<>(images.classNames()),
                new ArrayList<>(images.normalisation().mean()),
                new ArrayList<>(images.normalisation().deviation()));
    }

    /**
     * Packs the rows of a partition for a model.
     *
     * @param label column of labels; -1 for none
     * @throws InputException naming the partition, if it has no images, or a label has no class
     */
    static PackedImages of(Template template, ImageColumn images, int label, int partition, Iterator<Row> rows) {
        ByteArrayOutputStream pixels = new ByteArrayOutputStream();
        IntStream.Builder labels = IntStream.builder();
        while (rows.hasNext()) {
            Row row = rows.next();
            pixels.writeBytes(images.pixels(row));
            if (label >= 0) {
                labels.add(classOf(row, label, template.classNames().size(), partition));
            }
        }
        if (pixels.size() == 0) {
            throw new InputException("partition " + partition + " holds no images; use fewer partitions");
        }
        return new PackedImages(
                template.name(),
                images.shape().stream().mapToInt(Integer::intValue).toArray(),
                pixels.toByteArray(),
                labels.build().toArray(),
                template.classNames(),
                template.mean(),
                template.deviation());
    }

    private static int classOf(Row row, int column, int classes, int partition) {
        double label = row.isNullAt(column) ? Double.NaN : ((Number) row.get(column)).doubleValue();
        if (!(label >= 0 && label < classes && label == Math.rint(label))) {
            throw new InputException("partition " + partition + ": a label is " + row.get(column)
                    + ", expected a whole number from 0 to " + (classes - 1));
        }
        return (int) label;
    }

    /** What a model says of its images. */
    record Template(String name, List<String> classNames, List<Float> mean, List<Float> deviation)
            implements Serializable {
        static Template of(Model model) {
            List<String> names = model.classNames();
            if (model.hasClasses() && names.size() != model.classes()) {
                names = IntStream.range(0, model.classes())
                        .mapToObj(String::valueOf)
                        .toList();
            }
            return new Template(
                    model.dataset(),
                    new ArrayList<>(names),
                    new ArrayList<>(model.normalisation().mean()),
                    new ArrayList<>(model.normalisation().deviation()));
        }
    }

    Dataset unpack() {
        Normalisation normalisation = new Normalisation(mean, deviation);
        return labels.length > 0
                ? Dataset.of(name, Shape.of(shape), pixels, labels, classNames, normalisation)
                : Dataset.unlabelled(name, Shape.of(shape), pixels, normalisation);
    }

    /** Returns the first image without its label: what stages ask for that nobody should spend time on. */
    Dataset one() {
        int length = pixels.length / count();
        return Dataset.unlabelled(
                name, Shape.of(shape), Arrays.copyOf(pixels, length), new Normalisation(mean, deviation));
    }

    int count() {
        return Math.toIntExact(pixels.length / Shape.of(shape).elements());
    }
}
