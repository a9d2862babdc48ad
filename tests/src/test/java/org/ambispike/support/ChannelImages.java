package org.ambispike.support;

import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.SplittableRandom;
import java.util.stream.IntStream;
import org.ambispike.AnnModel;
import org.ambispike.data.Dataset;
import org.ambispike.graph.Normalisation;
import org.ambispike.graph.Shape;

/** Images for {@link SmallNetworks} that are worth learning from. */
public final class ChannelImages {
    private ChannelImages() {}

    /** Images whose class says which of the two channels are bright, normalised and named as the model has them. */
    public static Dataset of(int count, AnnModel ann) {
        SplittableRandom random = new SplittableRandom(count);
        byte[] pixels = new byte[count * 72];
        int[] labels = new int[count];
        for (int image = 0; image < count; image++) {
            labels[image] = random.nextInt(4);
            for (int index = 0; index < 72; index++) {
                boolean bright = (labels[image] >> index % 2 & 1) == 1;
                pixels[image * 72 + index] = (byte) (random.nextInt(120) + (bright ? 100 : 0));
            }
        }
        return Dataset.of("channels", SmallNetworks.IMAGE, pixels, labels, ann.classNames(), ann.normalisation());
    }

    /** Random images with classes that mean nothing. */
    public static Dataset noise(Shape shape, int count, int classes) {
        byte[] pixels = new byte[Math.toIntExact(count * shape.elements())];
        new Random(3).nextBytes(pixels);
        int[] labels = IntStream.range(0, count).map(image -> image % classes).toArray();
        List<String> names =
                IntStream.range(0, classes).mapToObj(name -> "class " + name).toList();
        List<Float> half = Collections.nCopies(shape.extent(-1), 0.5f);
        return Dataset.of("noise", shape, pixels, labels, names, new Normalisation(half, half));
    }
}
