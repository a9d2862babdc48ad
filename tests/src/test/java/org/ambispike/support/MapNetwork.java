package org.ambispike.support;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import org.ambispike.convert.Converter;
import org.ambispike.convert.Thresholds;
import org.ambispike.graph.ConvGeometry;
import org.ambispike.graph.Graph;
import org.ambispike.graph.HostTensor;
import org.ambispike.graph.Network;
import org.ambispike.graph.NeuronVariant;
import org.ambispike.graph.Node;
import org.ambispike.graph.Normalisation;
import org.ambispike.graph.Op;
import org.ambispike.graph.Shape;
import org.ambispike.graph.Weights;
import org.ambispike.io.ModelInfo;
import org.ambispike.io.SavedModel;

/** A network without classes: a map of three channels and a vector of two values from one trunk. */
public final class MapNetwork {
    public static final Shape IMAGE = Shape.of(6, 5, 2);
    public static final Shape MAP = Shape.of(6, 5, 3);
    public static final int VALUES = 6 * 5 * 3 + 2;

    private static final double ALPHA = 0.25;

    private MapNetwork() {}

    /** The Leaky-ReLU network with activations that clip at thresholds above what they reach, so that it is its own limit. */
    public static SavedModel ann(long seed) {
        SplittableRandom random = new SplittableRandom(seed);
        Map<String, HostTensor> tensors = new LinkedHashMap<>();
        graph().parameterShapes().forEach((name, shape) -> {
            HostTensor tensor = HostTensor.filled(shape, 0);
            for (int index = 0; index < tensor.values().length; index++) {
                tensor.values()[index] = (float) random.nextDouble(-0.5, 0.5);
            }
            tensors.put(name, tensor);
        });
        Thresholds.Pair wide = new Thresholds.Pair(6, 2);
        Network clipped =
                Thresholds.clip(new Network(graph(), new Weights(tensors)), Map.of("act1", wide, "act2", wide), false);
        return new SavedModel(
                clipped,
                new ModelInfo("maps", "not known", Normalisation.none(2), List.of(), List.of(), Map.of("seed", "1")));
    }

    /** The spiking network of {@link #ann}. */
    public static SavedModel spiking(long seed) {
        SavedModel ann = ann(seed);
        return new SavedModel(
                Converter.convert(ann.network(), NeuronVariant.PAIR).network(), ann.info());
    }

    /** [count, H, W, C] in [-1, 1). */
    public static float[] images(int count, long seed) {
        SplittableRandom random = new SplittableRandom(seed);
        float[] images = new float[Math.toIntExact(count * IMAGE.elements())];
        for (int index = 0; index < images.length; index++) {
            images[index] = (float) random.nextDouble(-1, 1);
        }
        return images;
    }

    private static Graph graph() {
        Op.Activation activation = new Op.Activation(Op.ActivationKind.LEAKY, ALPHA, 0, false);
        return new Graph(List.of(
                new Node("input", new Op.Input(IMAGE), List.of()),
                new Node("conv1", new Op.Conv2d(new ConvGeometry(6, 5, 2, 4, 3, 1, 1)), List.of("input")),
                new Node("act1", activation, List.of("conv1")),
                new Node("conv2", new Op.Conv2d(new ConvGeometry(6, 5, 4, 4, 3, 1, 1)), List.of("act1")),
                new Node("act2", activation, List.of("conv2")),
                new Node("paint", new Op.Conv2d(new ConvGeometry(6, 5, 4, 3, 1, 1, 0)), List.of("act2")),
                new Node("sum", new Op.Linear(6 * 5 * 4, 2), List.of("act2")),
                new Node("results", new Op.Outputs(List.of("map", "pair")), List.of("paint", "sum"))));
    }
}
