package org.ambispike.onnx;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.ambispike.graph.ConvGeometry;
import org.ambispike.graph.Graph;
import org.ambispike.graph.HostTensor;
import org.ambispike.graph.Network;
import org.ambispike.graph.Node;
import org.ambispike.graph.Op;
import org.ambispike.graph.Shape;
import org.ambispike.graph.Weights;
import org.ambispike.onnx.Value.Signal;

/** Our graph as it grows, with weights in double precision until everything is folded. */
final class GraphBuilder {
    private static final long LARGEST = Integer.MAX_VALUE - 8;
    private static final int MOST_CHANNELS_OF_DIAGONAL = 4096;

    /**
     * A convolution or linear layer.
     *
     * @param weight [outputs, anything], scaled in place
     * @param bias [outputs], changed in place
     */
    private record Layer(double[] weight, double[] bias) {}

    private final List<Node> nodes = new ArrayList<>();
    private final Map<String, Integer> positions = new HashMap<>();
    private final Map<String, Layer> layers = new HashMap<>();
    private final Map<String, double[]> thresholds = new HashMap<>();
    private final Set<String> names = new HashSet<>();

    Signal input(String name, Shape shape) {
        return append(name, new Op.Input(shape), List.of(), shape, false);
    }

    /** Adds a node under a name like the given one. */
    Signal append(String name, Op op, List<Signal> inputs, Shape shape, boolean flat) {
        if (shape.elements() > LARGEST) {
            throw new Refusal("it gives more values than can be held: " + shape);
        }
        String unique = name;
        for (int copy = 2; !names.add(unique); copy++) {
            unique = name + "_" + copy;
        }
        positions.put(unique, nodes.size());
        nodes.add(new Node(unique, op, inputs.stream().map(Signal::node).toList()));
        return new Signal(unique, shape, flat, false);
    }

    /** @param weight [out, kernel, kernel, in / groups] */
    Signal convolution(String name, Signal input, ConvGeometry geometry, double[] weight, double[] bias) {
        Signal output = append(name, new Op.Conv2d(geometry), List.of(input), geometry.outputShape(), false);
        layers.put(output.node(), new Layer(weight, bias));
        return output;
    }

    /** @param weight [outputs, inputs], inputs in the order of our shape */
    Signal linear(String name, Signal input, double[] weight, double[] bias) {
        Op.Linear op = new Op.Linear(Math.toIntExact(input.shape().elements()), bias.length);
        Signal output = append(name, op, List.of(input), Shape.of(bias.length), false);
        layers.put(output.node(), new Layer(weight, bias));
        return output;
    }

    Op operation(Signal signal) {
        return nodes.get(positions.get(signal.node())).op();
    }

    /** Whether the weights of the node that gives these values may be changed. */
    boolean folds(Signal signal) {
        return layers.containsKey(signal.node()) && !signal.shared();
    }

    /**
     * scale x + shift, by channel: folded into the layer that gives x or, where there is none of its own, a layer with a
     * diagonal matrix.
     *
     * @param scale [channels]
     * @param shift [channels]
     */
    Signal affine(String name, Signal signal, double[] scale, double[] shift) {
        if (scale.length != signal.channels() || signal.flat() && signal.area() > 1) {
            throw new Refusal("it is by feature, but its input is flattened " + signal.shape()
                    + "; only what is by channel can be folded");
        }
        for (int channel = 0; channel < scale.length; channel++) {
            if (!Double.isFinite(scale[channel]) || !Double.isFinite(shift[channel])) {
                throw new Refusal("its scale or shift of channel " + channel + " is not finite");
            }
        }
        return folds(signal) ? fold(signal, scale, shift) : diagonal(name, signal, scale, shift);
    }

    private Signal fold(Signal signal, double[] scale, double[] shift) {
        Layer layer = layers.get(signal.node());
        int inputs = layer.weight().length / layer.bias().length;
        for (int output = 0; output < layer.bias().length; output++) {
            for (int index = output * inputs; index < (output + 1) * inputs; index++) {
                layer.weight()[index] *= scale[output];
            }
            layer.bias()[output] = layer.bias()[output] * scale[output] + shift[output];
        }
        return new Signal(signal.node(), signal.shape(), signal.flat(), false);
    }

    private Signal diagonal(String name, Signal signal, double[] scale, double[] shift) {
        int channels = scale.length;
        if (channels > MOST_CHANNELS_OF_DIAGONAL) {
            throw new Refusal("it follows no layer into which it can be folded, and has too many channels, " + channels
                    + ", for a layer of its own");
        }
        double[] weight = new double[channels * channels];
        for (int channel = 0; channel < channels; channel++) {
            weight[channel * channels + channel] = scale[channel];
        }
        if (signal.shape().rank() == 1) {
            return linear(name, signal, weight, shift.clone());
        }
        ConvGeometry geometry =
                new ConvGeometry(signal.shape().extent(0), signal.shape().extent(1), channels, channels, 1, 1, 0);
        Signal output = convolution(name, signal, geometry, weight, shift.clone());
        return signal.flat() ? output.flattened() : output;
    }

    /** Gives an activation its thresholds. */
    void clip(Signal signal, double alpha, double thetaPositive, double thetaNegative) {
        int position = positions.get(signal.node());
        Node node = nodes.get(position);
        Op op = new Op.Activation(Op.ActivationKind.CLIPPED, alpha, 0, false);
        nodes.set(position, new Node(node.name(), op, node.inputs()));
        thresholds.put(node.parameter("thetaPositive"), new double[] {thetaPositive});
        thresholds.put(node.parameter("thetaNegative"), new double[] {thetaNegative});
    }

    /** @throws Refusal if a weight is too large for f32 */
    Network build() {
        Graph graph = new Graph(nodes);
        Map<String, double[]> values = new HashMap<>(thresholds);
        layers.forEach((name, layer) -> {
            values.put(graph.node(name).parameter("weight"), layer.weight());
            values.put(graph.node(name).parameter("bias"), layer.bias());
        });
        Map<String, HostTensor> tensors = new LinkedHashMap<>();
        graph.parameterShapes().forEach((name, shape) -> tensors.put(name, tensor(name, shape, values.get(name))));
        Weights weights = new Weights(tensors);
        graph.check(weights);
        return new Network(graph, weights);
    }

    private static HostTensor tensor(String name, Shape shape, double[] values) {
        float[] floats = new float[values.length];
        for (int index = 0; index < values.length; index++) {
            floats[index] = (float) values[index];
            if (!Float.isFinite(floats[index])) {
                throw new Refusal("'" + name + "' holds " + values[index] + ", which f32 cannot");
            }
        }
        return new HostTensor(shape, floats);
    }
}
