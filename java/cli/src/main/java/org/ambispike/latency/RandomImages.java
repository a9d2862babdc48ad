package org.ambispike.latency;

import java.util.SplittableRandom;
import org.ambispike.SpikingModel;
import org.ambispike.data.Dataset;
import org.ambispike.graph.Shape;

/** Images of random pixels, where there are no others. */
public final class RandomImages {
    private static final int COUNT = 1000;

    private RandomImages() {}

    /** As many as fit a model; they have no labels. */
    public static Dataset of(SpikingModel model, long seed) {
        Shape shape = model.inputShape();
        byte[] pixels = new byte[Math.toIntExact(COUNT * shape.elements())];
        new SplittableRandom(seed).nextBytes(pixels);
        return Dataset.unlabelled("random images", shape, pixels, model.normalisation());
    }
}
