package org.ambispike.model;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.SplittableRandom;
import org.ambispike.graph.Graph;
import org.ambispike.graph.Weights;
import org.ambispike.tensor.HostTensor;
import org.ambispike.tensor.Shape;

/** Weights to begin training with. */
public final class Initialisation {
    private Initialisation() {}

    /**
     * Weights and biases uniform within 1 / sqrt(fan-in) on either side of 0; a pure function of the seed.
     *
     * @param graph whose activations have no thresholds yet
     */
    public static Weights uniform(Graph graph, long seed) {
        SplittableRandom random = new SplittableRandom(seed);
        Map<String, HostTensor> tensors = new LinkedHashMap<>();
        double bound = 0;
        for (Map.Entry<String, Shape> parameter : graph.parameterShapes().entrySet()) {
            Shape shape = parameter.getValue();
            if (parameter.getKey().endsWith(".weight")) {
                bound = 1 / Math.sqrt(shape.elements() / (double) shape.extent(0));
            }
            float[] values = new float[Math.toIntExact(shape.elements())];
            for (int index = 0; index < values.length; index++) {
                values[index] = (float) random.nextDouble(-bound, bound);
            }
            tensors.put(parameter.getKey(), new HostTensor(shape, values));
        }
        return new Weights(tensors);
    }
}
