package org.ambispike.support;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.function.DoubleSupplier;
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
import org.ambispike.graph.PoolGeometry;
import org.ambispike.graph.Shape;
import org.ambispike.graph.Weights;
import org.ambispike.io.ModelInfo;
import org.ambispike.io.SavedModel;

/** Networks of two convolutions and a linear layer that run in microseconds. */
public final class SmallNetworks {
    public static final Shape IMAGE = Shape.of(6, 6, 2);
    public static final int CLASSES = 4;

    private static final double ALPHA = 0.25;
    private static final Map<String, Thresholds.Pair> THRESHOLDS =
            Map.of("act1", new Thresholds.Pair(0.5, 0.125), "act2", new Thresholds.Pair(1, 0.25));

    private SmallNetworks() {}

    /**
     * A network in which every sum of an f32 pass is exact for the images of {@link #exactImages}, so that results do not
     * depend on the order of additions: weights are eighths, thresholds powers of two.
     */
    public static SavedModel exact(NeuronVariant variant, boolean perChannel, long seed) {
        SplittableRandom random = new SplittableRandom(seed);
        return spiking(ann(() -> random.nextInt(-4, 5) / 8.0, perChannel), variant);
    }

    /** A network with real-valued weights. */
    public static SavedModel random(long seed) {
        return spiking(clippedAnn(seed), NeuronVariant.PAIR);
    }

    /** The clipped ANN that {@link #random} is converted from. */
    public static SavedModel clippedAnn(long seed) {
        SplittableRandom random = new SplittableRandom(seed);
        return ann(() -> random.nextDouble(-0.5, 0.5), false);
    }

    /** [count, H, W, C], multiples of 1/16 in [-1, 1.5). */
    public static float[] exactImages(int count, long seed) {
        SplittableRandom random = new SplittableRandom(seed);
        float[] images = new float[Math.toIntExact(count * IMAGE.elements())];
        for (int index = 0; index < images.length; index++) {
            images[index] = random.nextInt(-16, 24) / 16f;
        }
        return images;
    }

    /** The Leaky-ReLU network behind all of these. */
    public static Graph leakyGraph() {
        return new Graph(List.of(
                new Node("input", new Op.Input(IMAGE), List.of()),
                new Node("conv1", new Op.Conv2d(new ConvGeometry(6, 6, 2, 5, 3, 1, 1)), List.of("input")),
                new Node("act1", new Op.Activation(Op.ActivationKind.LEAKY, ALPHA, 0, false), List.of("conv1")),
                new Node("pool1", new Op.AveragePool(new PoolGeometry(6, 6, 5, 2, 2)), List.of("act1")),
                new Node("conv2", new Op.Conv2d(new ConvGeometry(3, 3, 5, 7, 3, 1, 1)), List.of("pool1")),
                new Node("act2", new Op.Activation(Op.ActivationKind.LEAKY, ALPHA, 0, false), List.of("conv2")),
                new Node("fc1", new Op.Linear(63, CLASSES), List.of("act2"))));
    }

    private static SavedModel ann(DoubleSupplier parameters, boolean perChannel) {
        Map<String, HostTensor> tensors = new LinkedHashMap<>();
        leakyGraph().parameterShapes().forEach((name, shape) -> {
            HostTensor tensor = HostTensor.filled(shape, 0);
            for (int index = 0; index < tensor.values().length; index++) {
                tensor.values()[index] = (float) parameters.getAsDouble();
            }
            tensors.put(name, tensor);
        });
        Network clipped = Thresholds.clip(new Network(leakyGraph(), new Weights(tensors)), THRESHOLDS, perChannel);
        Weights weights = clipped.weights();
        if (perChannel) {
            weights = weights.map("act1.thetaPositive", SmallNetworks::halveEverySecond)
                    .map("act2.thetaNegative", SmallNetworks::halveEverySecond);
        }
        return new SavedModel(clipped.graph(), weights, info());
    }

    private static HostTensor halveEverySecond(HostTensor tensor) {
        HostTensor halved = tensor.copy();
        for (int index = 1; index < halved.values().length; index += 2) {
            halved.values()[index] /= 2;
        }
        return halved;
    }

    private static SavedModel spiking(SavedModel ann, NeuronVariant variant) {
        Converter.Conversion conversion = Converter.convert(ann.network(), variant);
        return new SavedModel(conversion.graph(), conversion.weights(), ann.info());
    }

    private static ModelInfo info() {
        return new ModelInfo(
                "small",
                "random pixels",
                new Normalisation(List.of(0.25f, 0.5f), List.of(0.5f, 0.25f)),
                List.of("ant", "bee", "cat", "dog"),
                List.of(2, 4),
                Map.of("seed", "1"));
    }
}
