package org.ambispike.onnx;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.IntUnaryOperator;
import org.ambispike.graph.ConvGeometry;
import org.ambispike.graph.Graph;
import org.ambispike.graph.HostTensor;
import org.ambispike.graph.Network;
import org.ambispike.graph.Node;
import org.ambispike.graph.Op;
import org.ambispike.graph.SampledAxis;
import org.ambispike.graph.Shape;
import org.ambispike.graph.Weights;
import org.ambispike.graph.WindowAxis;

/** Our graph as it grows. What nothing reads in the end is left out of the network. */
final class GraphBuilder {
    private static final long LARGEST = Integer.MAX_VALUE - 8;

    /** Values that a layer of our own, beside those of the file, may have. */
    static final long MOST_OF_OWN = 1 << 24;

    /** Features up to which a diagonal matrix is a linear layer. */
    private static final int MOST_OF_DIAGONAL = 64;

    /** Asks for another reading, in which linear layers give maps of one place: what follows needs a map. */
    static final class NeedsMaps extends RuntimeException {
        private static final long serialVersionUID = 1L;
    }

    /**
     * The weights of a convolution or linear layer.
     *
     * @param weight [outputs, anything], scaled in place
     * @param bias [outputs], changed in place
     * @param channel of the value that they end up in, by output
     */
    private record Layer(float[] weight, float[] bias, IntUnaryOperator channel) {}

    private final boolean maps;
    private final List<Node> nodes = new ArrayList<>();
    private final Map<String, Integer> positions = new HashMap<>();
    private final Map<String, Shape> shapes = new HashMap<>();
    private final Map<String, Layer> layers = new HashMap<>();
    private final Map<String, float[]> parameters = new HashMap<>();
    private final Map<String, Slopes> slopes = new HashMap<>();
    private final Set<String> names = new HashSet<>();
    private final Set<String> paddedWithLowest = new HashSet<>();

    /** @param maps whether linear layers give maps of one place */
    GraphBuilder(boolean maps) {
        this.maps = maps;
    }

    /** The node that gives the images. */
    String inputNode() {
        return nodes.get(0).name();
    }

    Shape shape(String node) {
        return shapes.get(node);
    }

    /** Adds a node under a name like the given one, and returns it. */
    String append(String name, Op op, List<String> inputs) {
        Shape shape = op.shape(inputs.stream().map(shapes::get).toList());
        if (shape.elements() > LARGEST) {
            throw new Refusal("it gives more values than can be held: " + shape);
        }
        String unique = name;
        for (int copy = 2; !names.add(unique); copy++) {
            unique = name + "_" + copy;
        }
        positions.put(unique, nodes.size());
        shapes.put(unique, shape);
        nodes.add(new Node(unique, op, inputs));
        return unique;
    }

    /** @param weight [out, kernel rows, kernel columns, in / groups] */
    String convolution(String name, String input, ConvGeometry geometry, float[] weight, float[] bias) {
        return layer(name, input, new Op.Conv2d(geometry), weight, bias);
    }

    private String layer(String name, String input, Op op, float[] weight, float[] bias) {
        requireFinite(weight, "weights");
        requireFinite(bias, "bias");
        String output = append(name, op, List.of(input));
        layers.put(output, new Layer(weight, bias, out -> out));
        return output;
    }

    /** @param weight [outputs, inputs], inputs in the order of our memory */
    String linear(String name, String input, float[] weight, float[] bias) {
        Shape shape = shape(input);
        if (maps) {
            WindowAxis down = WindowAxis.padded(shape.extent(0), shape.extent(0), 1, 1, 0, 0);
            WindowAxis across = WindowAxis.padded(shape.extent(1), shape.extent(1), 1, 1, 0, 0);
            return convolution(
                    name, input, new ConvGeometry(shape.extent(2), bias.length, 1, down, across), weight, bias);
        }
        return layer(name, input, new Op.Linear(Math.toIntExact(shape.elements()), bias.length), weight, bias);
    }

    private static void requireFinite(float[] values, String what) {
        for (float value : values) {
            if (!Float.isFinite(value)) {
                throw new Refusal("its " + what + " hold " + value);
            }
        }
    }

    /** Lets what scales the channels of a value scale the layer that it comes from. */
    void passesOn(String output, String layer, IntUnaryOperator channel) {
        Layer source = layers.get(layer);
        if (source != null) {
            layers.put(
                    output,
                    new Layer(
                            source.weight(),
                            source.bias(),
                            out -> channel.applyAsInt(source.channel().applyAsInt(out))));
        }
    }

    Node node(String name) {
        return nodes.get(positions.get(name));
    }

    /** Whether the weights of the node that gives these values may be changed. */
    boolean folds(String node, boolean shared) {
        return layers.containsKey(node) && !shared;
    }

    /** What a node gives as a function of a value before it, if it is one of two slopes. */
    Slopes slopes(String node) {
        return slopes.getOrDefault(node, Slopes.identity(node, shape(node).extent(-1)));
    }

    void define(String node, Slopes known) {
        slopes.put(node, known);
    }

    /**
     * scale x + shift, by channel: folded into the layer that gives x or, where there is none of its own, a depthwise
     * convolution.
     *
     * @param scale [channels]
     * @param shift [channels]
     */
    String affine(String name, String node, boolean shared, double[] scale, double[] shift) {
        for (int channel = 0; channel < scale.length; channel++) {
            if (!Double.isFinite(scale[channel]) || !Double.isFinite(shift[channel])) {
                throw new Refusal("its scale or shift of channel " + channel + " is not finite");
            }
        }
        if (folds(node, shared)) {
            fold(layers.get(node), scale, shift);
            Slopes before = slopes.remove(node);
            if (before != null) {
                defineScaled(node, before, scale, shift);
            }
            return node;
        }
        String output = diagonal(name, node, scale, shift);
        defineScaled(output, slopes(node), scale, shift);
        return output;
    }

    private void defineScaled(String node, Slopes before, double[] scale, double[] shift) {
        if (Arrays.stream(shift).allMatch(value -> value == 0)) {
            define(node, before.scaled(scale));
        }
    }

    private static void fold(Layer layer, double[] scale, double[] shift) {
        int inputs = layer.weight().length / layer.bias().length;
        for (int output = 0; output < layer.bias().length; output++) {
            int channel = layer.channel().applyAsInt(output);
            for (int index = output * inputs; index < (output + 1) * inputs; index++) {
                layer.weight()[index] = (float) (layer.weight()[index] * scale[channel]);
            }
            layer.bias()[output] = (float) (layer.bias()[output] * scale[channel] + shift[channel]);
        }
    }

    private String diagonal(String name, String node, double[] scale, double[] shift) {
        Shape shape = shape(node);
        int channels = scale.length;
        float[] bias = floats(shift);
        if (shape.rank() == 1) {
            if (channels > MOST_OF_DIAGONAL) {
                throw new NeedsMaps();
            }
            float[] weight = new float[channels * channels];
            for (int channel = 0; channel < channels; channel++) {
                weight[channel * channels + channel] = (float) scale[channel];
            }
            return linear(name, node, weight, bias);
        }
        ConvGeometry geometry =
                new ConvGeometry(shape.extent(0), shape.extent(1), channels, channels, 1, 1, 0, channels);
        return convolution(name, node, geometry, floats(scale), bias);
    }

    static float[] floats(double[] values) {
        float[] floats = new float[values.length];
        for (int index = 0; index < values.length; index++) {
            floats[index] = (float) values[index];
        }
        return floats;
    }

    /** A linear map along each axis; one that changes none is left out, and one after another along other axes is joined with it. */
    String resample(String name, String node, SampledAxis down, SampledAxis across, SampledAxis channels) {
        if (down.isUnchanged() && across.isUnchanged() && channels.isUnchanged()) {
            return node;
        }
        if (node(node).op() instanceof Op.Resample before
                && (before.down().isUnchanged() || down.isUnchanged())
                && (before.across().isUnchanged() || across.isUnchanged())
                && (before.channels().isUnchanged() || channels.isUnchanged())) {
            return append(
                    name,
                    new Op.Resample(
                            down.isUnchanged() ? before.down() : down,
                            across.isUnchanged() ? before.across() : across,
                            channels.isUnchanged() ? before.channels() : channels),
                    node(node).inputs());
        }
        return append(name, new Op.Resample(down, across, channels), List.of(node));
    }

    /** The same along one axis. */
    String resample(String name, String node, Axis axis, SampledAxis sampled) {
        Shape shape = shape(node);
        SampledAxis[] axes = new SampledAxis[Axis.values().length];
        for (Axis other : Axis.values()) {
            axes[other.ordinal()] = other == axis ? sampled : SampledAxis.unchanged(other.extent(shape));
        }
        return resample(name, node, axes[0], axes[1], axes[2]);
    }

    /** Values that do not depend on the image: the bias of a convolution that reads one value, and ignores it. */
    String constant(String name, Shape shape, double[] values) {
        if (values.length > MOST_OF_OWN) {
            throw new Refusal("it has a constant of " + values.length + " values, one for each place");
        }
        String input = nodes.get(0).name();
        Shape image = shape(input);
        SampledAxis one = SampledAxis.copies(image.extent(0), Arrays.stream(new int[1]));
        SampledAxis column = SampledAxis.copies(image.extent(1), Arrays.stream(new int[1]));
        SampledAxis channel = SampledAxis.copies(image.extent(2), Arrays.stream(new int[1]));
        String value = image.elements() == 1 ? input : resample(name + ".one", input, one, column, channel);
        if (shape.rank() == 1) {
            return linear(name + ".constant", value, new float[values.length], floats(values));
        }
        ConvGeometry geometry = new ConvGeometry(1, 1, 1, values.length, 1, 1, 0);
        String flat = convolution(name + ".constant", value, geometry, new float[values.length], floats(values));
        if (shape.extent(0) == 1 && shape.extent(1) == 1) {
            return flat;
        }
        return append(name + ".map", new Op.DepthToSpace(shape.extent(0), shape.extent(1)), List.of(flat));
    }

    /** A value of this shape, so that nodes behind a refused one can be looked at; never part of a network. */
    String assumed(String name, Shape shape) {
        return append(name + ".assumed", new Op.Input(shape), List.of());
    }

    /** Gives an activation its thresholds. */
    void clip(String name, Op.Activation clipped, double thetaPositive, double thetaNegative) {
        replace(name, clipped);
        parameters.put(node(name).parameter("thetaPositive"), new float[] {(float) thetaPositive});
        parameters.put(node(name).parameter("thetaNegative"), new float[] {(float) thetaNegative});
    }

    /** Puts another operation of the same shape in a node's place. */
    void replace(String name, Op op) {
        int position = positions.get(name);
        nodes.set(position, new Node(name, op, nodes.get(position).inputs()));
        slopes.remove(name);
    }

    /** Whether a node is an activation without thresholds, which may then be given some. */
    Optional<Op.Activation> unclipped(String name, boolean shared) {
        return node(name).op() instanceof Op.Activation activation
                        && activation.kind() == Op.ActivationKind.LEAKY
                        && !shared
                ? Optional.of(activation)
                : Optional.empty();
    }

    /** Says that a node that pads with zeros stands for one that pads with less than any value, for maxima. */
    void padsWithLowest(String name) {
        paddedWithLowest.add(name);
    }

    boolean isPaddedWithLowest(String name) {
        return paddedWithLowest.contains(name);
    }

    /** The network that ends with the node added last. */
    Network build() {
        Set<String> needed = new HashSet<>();
        List<Node> kept = new ArrayList<>();
        needed.add(nodes.get(nodes.size() - 1).name());
        for (int index = nodes.size() - 1; index >= 0; index--) {
            Node node = nodes.get(index);
            if (index == 0 || needed.contains(node.name())) {
                needed.addAll(node.inputs());
                kept.add(0, node);
            }
        }
        Graph graph = new Graph(kept);
        for (Node node : kept) {
            if ((node.op() instanceof Op.Conv2d || node.op() instanceof Op.Linear)) {
                parameters.put(node.parameter("weight"), layers.get(node.name()).weight());
                parameters.put(node.parameter("bias"), layers.get(node.name()).bias());
            }
        }
        Map<String, HostTensor> tensors = new LinkedHashMap<>();
        graph.parameterShapes()
                .forEach((name, shape) -> tensors.put(name, new HostTensor(shape, parameters.get(name))));
        Weights weights = new Weights(tensors);
        graph.check(weights);
        return new Network(graph, weights);
    }

    /** Lets the network end with a node: what was added after it, and it does not read, is left out. */
    void endWith(String name) {
        int last = positions.get(name);
        while (nodes.size() > last + 1) {
            nodes.remove(nodes.size() - 1);
        }
    }
}
