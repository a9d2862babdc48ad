package org.ambispike.support;

import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.stream.IntStream;
import org.ambispike.graph.ConvGeometry;
import org.ambispike.graph.Graph;
import org.ambispike.graph.NeuronModel;
import org.ambispike.graph.Node;
import org.ambispike.graph.Normalisation;
import org.ambispike.graph.Op;
import org.ambispike.graph.PoolGeometry;
import org.ambispike.graph.SampledAxis;
import org.ambispike.graph.SampledAxis.Window;
import org.ambispike.graph.Shape;
import org.ambispike.graph.Weights;
import org.ambispike.io.ModelInfo;

/**
 * A network with every operation that puts values together, in another order, or maps axes: copies and weighted sums, of drives,
 * spikes and pools of them; joins of what varies in time and what does not, in either order; results that are maps.
 */
public final class RearrangedNetwork {
    private static final Shape IMAGE = Shape.of(7, 6, 2);
    private static final double ALPHA = 0.25;

    private RearrangedNetwork() {}

    public static Op spike(NeuronModel model) {
        return new Op.Spike(model, model == NeuronModel.INTEGRATE_AND_FIRE ? 0 : ALPHA, true);
    }

    public static Op spikeByLayer(NeuronModel model) {
        return new Op.Spike(model, model == NeuronModel.INTEGRATE_AND_FIRE ? 0 : ALPHA, false);
    }

    public static Op clipped() {
        return new Op.Activation(Op.ActivationKind.CLIPPED, ALPHA, 0, true);
    }

    private static SampledAxis copies(int extent, int... places) {
        return SampledAxis.copies(extent, IntStream.of(places));
    }

    /** Reflected at the upper edge and zeros at the lower one; zeros at the left and the edge repeated at the right. */
    private static Op pad() {
        return new Op.Resample(
                copies(7, 2, 1, 0, 1, 2, 3, 4, 5, 6, -1), copies(6, -1, 0, 1, 2, 3, 4, 5, 5), SampledAxis.unchanged(5));
    }

    /** To the nearest place. */
    private static Op enlarge() {
        return new Op.Resample(copies(4, 0, 0, 1, 2, 2, 3, 3), copies(3, 0, 0, 1, 1, 2, 2), SampledAxis.unchanged(4));
    }

    /** Linear down, halved and clipped across, channels put in another order with one that is the mean of two. */
    private static Op mix() {
        SampledAxis down = new SampledAxis(
                14,
                List.of(
                        new Window(0, List.of(0.75f, 0.25f)),
                        new Window(3, List.of(0.5f, 0.25f, 0.25f)),
                        Window.of(7),
                        new Window(12, List.of(0.5f, 0.5f))));
        SampledAxis across = new SampledAxis(
                12,
                IntStream.range(0, 5)
                        .mapToObj(place -> new Window(2 * place, List.of(0.5f, 0.5f)))
                        .toList());
        SampledAxis channels =
                new SampledAxis(2, List.of(Window.of(1), new Window(0, List.of(0.5f, 0.5f)), new Window(0, List.of())));
        return new Op.Resample(down, across, channels);
    }

    /** @param neuron what stands where drives become activations or spikes */
    public static Graph graph(Op neuron) {
        return new Graph(List.of(
                new Node("input", new Op.Input(IMAGE), List.of()),
                new Node("conv1", conv(7, 6, 2, 5, 3, 1, 1), List.of("input")),
                new Node("act1", neuron, List.of("conv1")),
                new Node("pad", pad(), List.of("act1")),
                new Node("conv2", conv(10, 8, 5, 4, 3, 2, 0), List.of("pad")),
                new Node("act2", neuron, List.of("conv2")),
                new Node("up", enlarge(), List.of("act2")),
                new Node("early", conv(7, 6, 2, 3, 1, 1, 0), List.of("input")),
                new Node("cat", new Op.Concat(3), List.of("early", "up", "act1")),
                new Node("conv3", conv(7, 6, 12, 8, 1, 1, 0), List.of("cat")),
                new Node("act3", neuron, List.of("conv3")),
                new Node("blocks", new Op.DepthToSpace(2, 2), List.of("act3")),
                new Node("mix", mix(), List.of("blocks")),
                new Node("conv4", conv(4, 5, 3, 4, 3, 1, 1), List.of("mix")),
                new Node("wide", new Op.DepthToSpace(1, 2), List.of("conv4")),
                new Node("act4", neuron, List.of("wide")),
                new Node("fc1", new Op.Linear(80, 6), List.of("act4")),
                new Node("chosen", flat(), List.of("fc1")),
                new Node("flat", new Op.Concat(2), List.of("chosen", "fc1")),
                new Node(
                        "results",
                        new Op.Outputs(List.of("map", "constant", "logits", "spikes")),
                        List.of("wide", "early", "flat", "act2"))));
    }

    /**
     * A network in which nothing but copies of spikes, and sums of them, lies between neurons and the layers that read them: all of
     * it may be narrow. Its last map alone has weights.
     *
     * @param byChannel neurons with thresholds by channel
     * @param byLayer neurons with thresholds by layer
     */
    public static Graph narrow(Op byChannel, Op byLayer) {
        SampledAxis shuffled = copies(9, 8, 0, 7, 1, 6, -1, 2, 5, 3, 4);
        SampledAxis smooth = new SampledAxis(7, List.of(new Window(0, List.of(0.5f, 0.5f)), Window.of(6)));
        SampledAxis means = new SampledAxis(9, List.of(new Window(1, List.of(0.25f, 0.5f, 0.25f)), Window.of(7)));
        return new Graph(List.of(
                new Node("input", new Op.Input(IMAGE), List.of()),
                new Node("conv1", conv(7, 6, 2, 5, 3, 1, 1), List.of("input")),
                new Node("act1", byChannel, List.of("conv1")),
                new Node("pad", pad(), List.of("act1")),
                new Node("conv2", conv(10, 8, 5, 4, 3, 2, 0), List.of("pad")),
                new Node("act2", byChannel, List.of("conv2")),
                new Node("up", enlarge(), List.of("act2")),
                new Node("cat", new Op.Concat(2), List.of("up", "act1")),
                new Node(
                        "shuffle",
                        new Op.Resample(SampledAxis.unchanged(7), SampledAxis.unchanged(6), shuffled),
                        List.of("cat")),
                new Node("conv3", conv(7, 6, 10, 8, 3, 1, 1), List.of("shuffle")),
                new Node("act3", byLayer, List.of("conv3")),
                new Node("blocks", new Op.DepthToSpace(2, 2), List.of("act3")),
                new Node("pool", new Op.AveragePool(new PoolGeometry(14, 12, 2, 2, 2)), List.of("blocks")),
                new Node("cat2", new Op.Concat(3), List.of("pool", "shuffle", "pool")),
                new Node("conv4", conv(7, 6, 14, 9, 1, 1, 0), List.of("cat2")),
                new Node("sum", new Op.Add(), List.of("cat", "conv4")),
                new Node("act4", byChannel, List.of("sum")),
                new Node("smooth", new Op.Resample(smooth, SampledAxis.unchanged(6), means), List.of("act4")),
                new Node("fc1", new Op.Linear(24, 4), List.of("smooth"))));
    }

    private static Op flat() {
        return new Op.Resample(SampledAxis.unchanged(1), SampledAxis.unchanged(1), copies(6, 4, 1));
    }

    private static Op conv(int height, int width, int in, int out, int kernel, int stride, int padding) {
        return new Op.Conv2d(new ConvGeometry(height, width, in, out, kernel, stride, padding));
    }

    /** Returns the description of a model whose images are not normalised. */
    public static ModelInfo info() {
        Normalisation none = new Normalisation(List.of(0f, 0f), List.of(1f, 1f));
        return new ModelInfo("rearranged", "random pixels", none, List.of(), List.of(), Map.of());
    }

    /** Eighths, and thresholds that are powers of two: every sum of an f32 pass is exact for {@link #images}. */
    public static Weights exact(Graph graph, long seed) {
        SplittableRandom random = new SplittableRandom(seed);
        return MaxPoolNetwork.weights(graph, () -> random.nextInt(-4, 5) / 8.0, 1, 0.25);
    }

    public static Weights random(Graph graph, long seed) {
        SplittableRandom random = new SplittableRandom(seed);
        return MaxPoolNetwork.weights(graph, () -> random.nextDouble(-0.5, 0.5), 0.93, 0.21);
    }

    /** [count, H, W, C], multiples of 1/16 in [-1, 1.5). */
    public static float[] images(int count, long seed) {
        return MaxPoolNetwork.images(IMAGE, count, seed);
    }
}
