package org.ambispike.latency;

import java.util.List;
import java.util.SplittableRandom;
import java.util.stream.IntStream;
import org.ambispike.SpikingModel;
import org.ambispike.data.Dataset;
import org.ambispike.graph.Shape;

/** Images of random pixels, where there are no others. */
public final class RandomImages {
    private static final int COUNT = 1000;

    private RandomImages() {}

    /** As many as fit a model; their labels mean nothing. */
    public static Dataset of(SpikingModel model, long seed) {
        Shape shape = model.inputShape();
        byte[] pixels = new byte[Math.toIntExact(COUNT * shape.elements())];
        new SplittableRandom(seed).nextBytes(pixels);
        List<String> classes =
                IntStream.range(0, model.classes()).mapToObj(Integer::toString).toList();
        return Dataset.of("random images", shape, pixels, new int[COUNT], classes, model.normalisation());
    }
}
