package org.ambispike.paper;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Random;
import java.util.SplittableRandom;
import org.ambispike.graph.Graph;
import org.ambispike.graph.HostTensor;
import org.ambispike.graph.Op;
import org.ambispike.graph.Shape;
import org.ambispike.graph.Weights;

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

    /**
     * Weights normally distributed with variance 2 / ((1 + alpha^2) fan-in), which keeps the size of the values from layer
     * to layer (He et al., 2015); biases and terms 0, factors and variances 1. A pure function of the seed.
     *
     * @param graph whose activations, all of one slope, have no thresholds yet
     */
    public static Weights he(Graph graph, long seed) {
        Random random = new Random(seed);
        double alpha = graph.neurons().stream()
                .mapToDouble(node -> ((Op.Activation) node.op()).alpha())
                .max()
                .orElse(1);
        Map<String, HostTensor> tensors = new LinkedHashMap<>();
        graph.parameterShapes().forEach((name, shape) -> {
            boolean one = name.endsWith(".gamma") || name.endsWith(".variance");
            HostTensor tensor = HostTensor.filled(shape, one ? 1 : 0);
            if (name.endsWith(".weight")) {
                double fanIn = shape.elements() / (double) shape.extent(0);
                double deviation = Math.sqrt(2 / ((1 + alpha * alpha) * fanIn));
                for (int index = 0; index < tensor.values().length; index++) {
                    tensor.values()[index] = (float) (deviation * random.nextGaussian());
                }
            }
            tensors.put(name, tensor);
        });
        return new Weights(tensors);
    }
}
