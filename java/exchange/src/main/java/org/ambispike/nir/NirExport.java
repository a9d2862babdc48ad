package org.ambispike.nir;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.ambispike.common.InputException;
import org.ambispike.graph.ConvGeometry;
import org.ambispike.graph.Graph;
import org.ambispike.graph.HostTensor;
import org.ambispike.graph.NeuronModel;
import org.ambispike.graph.Node;
import org.ambispike.graph.Op;
import org.ambispike.graph.Shape;
import org.ambispike.graph.Weights;
import org.ambispike.graph.WindowAxis;
import org.ambispike.io.SavedModel;

/**
 * A spiking network in the terms of NIR. A pair neuron becomes two populations of integrate-and-fire neurons: one fed the
 * drive, with threshold P = thetaP, and one fed the negated drive, with threshold N = thetaN / alpha; their spikes are
 * scaled by thetaP and -thetaN and meet at the next layer. Neurons that start above zero and lose their threshold when
 * they fire are beyond NIR's own terms: see {@link NirNode.IF} and {@code docs/formats.md}.
 */
public final class NirExport {
    private final Graph graph;
    private final Weights weights;
    private final Map<String, NirNode> nodes = new LinkedHashMap<>();
    private final List<NirGraph.Edge> edges = new ArrayList<>();
    /** For each of our nodes, those of NIR whose sum is its value. */
    private final Map<String, List<String>> sources = new LinkedHashMap<>();

    private NirExport(Graph graph, Weights weights) {
        this.graph = graph;
        this.weights = weights;
    }

    /**
     * Translates a network.
     *
     * @throws InputException naming the node that NIR has no terms for: an ANN's activation, or a membrane that fires both
     *     ways
     */
    public static NirGraph of(SavedModel model) {
        if (!model.graph().isSpiking()) {
            throw new InputException("NIR holds spiking networks, and this is an ANN; convert it first");
        }
        return new NirExport(model.graph(), model.weights()).translate(metadata(model));
    }

    private static Map<String, String> metadata(SavedModel model) {
        Map<String, String> metadata = new LinkedHashMap<>();
        metadata.put("network", model.info().network());
        metadata.put("dataset", model.info().dataset());
        metadata.put(
                "normalisation",
                "(pixel in [0, 1] - " + model.info().normalisation().mean() + ") / "
                        + model.info().normalisation().deviation());
        metadata.put("calibrated_for", "T in " + model.info().calibratedFor());
        if (!model.info().classNames().isEmpty()) {
            metadata.put("class_names", String.join(", ", model.info().classNames()));
        }
        metadata.put("time_step", "1");
        metadata.put("reset", "subtract v_threshold; initial potentials are v_initial in the metadata of each IF node");
        metadata.put("logits", "mean of the output over T steps of a constant input");
        return metadata;
    }

    private NirGraph translate(Map<String, String> metadata) {
        for (Node node : graph.nodes()) {
            sources.put(node.name(), translate(node));
        }
        Node last = graph.output();
        add("output", new NirNode.Output(ChannelsFirst.shape(graph.shape(last.name()))), sources.get(last.name()));
        return new NirGraph(nodes, edges, metadata);
    }

    private List<String> translate(Node node) {
        if (node.op() instanceof Op.Input input) {
            return add(node.name(), new NirNode.Input(ChannelsFirst.shape(input.shape())), List.of());
        }
        List<String> inputs = node.inputs().stream()
                .flatMap(input -> sources.get(input).stream())
                .toList();
        Shape shape = graph.shape(node.inputs().get(0));
        if (node.op() instanceof Op.Conv2d conv) {
            return add(node.name(), convolution(node, conv.geometry()), inputs);
        } else if (node.op() instanceof Op.Linear linear) {
            return linear(node, linear, shape, inputs);
        } else if (node.op() instanceof Op.AveragePool pool) {
            NirNode average = new NirNode.AvgPool2d(
                    pool.geometry().kernel(), pool.geometry().stride());
            return add(node.name(), average, inputs);
        } else if (node.op() instanceof Op.Dropout) {
            return inputs;
        } else if (node.op() instanceof Op.Add) {
            return sum(node, shape, inputs);
        } else if (node.op() instanceof Op.Spike spike) {
            return spike(node, spike, shape, inputs);
        }
        throw new InputException("node '" + node.name() + "' is a "
                + node.op().getClass().getSimpleName() + ", which NIR has no terms for");
    }

    /** Edges that meet are summed, but of two alike a reader may keep one: the second goes through a node of its own. */
    private List<String> sum(Node node, Shape shape, List<String> inputs) {
        List<String> terms = new ArrayList<>();
        for (String input : inputs) {
            NirNode same = new NirNode.Scale(HostTensor.filled(ChannelsFirst.shape(shape), 1));
            terms.addAll(terms.contains(input) ? add(node.name() + "_again", same, List.of(input)) : List.of(input));
        }
        return terms;
    }

    private NirNode convolution(Node node, ConvGeometry geometry) {
        WindowAxis down = geometry.down();
        WindowAxis across = geometry.across();
        if (!down.isSymmetric() || !across.isSymmetric()) {
            throw new InputException("node '" + node.name() + "' pads rows by " + down.padding() + " and "
                    + down.paddingAfter() + ", columns by " + across.padding() + " and " + across.paddingAfter()
                    + "; NIR has convolutions of the same padding on both sides alone");
        }
        HostTensor weight = weights.get(node.parameter("weight"));
        return new NirNode.Conv2d(
                geometry,
                new HostTensor(
                        Shape.of(geometry.outChannels(), geometry.groupInputs(), down.kernel(), across.kernel()),
                        ChannelsFirst.values(
                                weight.values(), Shape.of(down.kernel(), across.kernel(), geometry.groupInputs()))),
                weights.get(node.parameter("bias")));
    }

    /** A matrix takes a row, whose order in NIR is the one of channels first. */
    private List<String> linear(Node node, Op.Linear linear, Shape shape, List<String> inputs) {
        List<String> row = shape.rank() == 1
                ? inputs
                : add(node.name() + "_flatten", new NirNode.Flatten(ChannelsFirst.shape(shape)), inputs);
        HostTensor weight = new HostTensor(
                Shape.of(linear.outputs(), linear.inputs()),
                ChannelsFirst.values(weights.get(node.parameter("weight")).values(), shape));
        return add(node.name(), new NirNode.Affine(weight, weights.get(node.parameter("bias"))), row);
    }

    private List<String> spike(Node node, Op.Spike spike, Shape shape, List<String> drive) {
        if (spike.quanta() > 1) {
            throw new InputException("node '" + node.name() + "' has augmented spikes, of up to " + spike.quanta()
                    + " quanta, which NIR has no terms for; convert with --neuron pair, symmetric or if");
        }
        if (spike.gains() > 0) {
            throw new InputException("node '" + node.name() + "' has gains by step, which NIR has no terms for;"
                    + " calibrate without --step-gains, from a network with --neuron pair, symmetric or if");
        }
        if (spike.model() == NeuronModel.SINGLE || spike.model().takesBack()) {
            throw new InputException(
                    "node '" + node.name() + "' has neurons of one membrane that fires both ways, which"
                            + " NIR has no terms for; convert with --neuron pair, symmetric or if");
        }
        float[] positive = weights.get(node.parameter("thetaPositive")).values();
        float[] negative = weights.get(node.parameter("thetaNegative")).values();
        List<String> spikes = new ArrayList<>();
        List<String> fired =
                add(node.name() + "_positive", population(positive, node.parameter("startPositive"), shape), drive);
        spikes.addAll(add(
                node.name() + "_positive_value", new NirNode.Scale(ChannelsFirst.spread(positive, 1, shape)), fired));
        if (spike.model() == NeuronModel.PAIR) {
            NirNode minus = new NirNode.Scale(HostTensor.filled(ChannelsFirst.shape(shape), -1));
            List<String> negated = add(node.name() + "_negated", minus, drive);
            List<String> firedBelow = add(
                    node.name() + "_negative",
                    population(below(node, spike, negative, shape), node.parameter("startNegative"), shape),
                    negated);
            spikes.addAll(add(
                    node.name() + "_negative_value",
                    new NirNode.Scale(ChannelsFirst.spread(negative, -1, shape)),
                    firedBelow));
        }
        return spikes;
    }

    /** N by channel: thetaN times the inverse of the slope. */
    private static float[] below(Node node, Op.Spike spike, float[] negative, Shape shape) {
        float[] thresholds = new float[shape.extent(-1)];
        for (int channel = 0; channel < thresholds.length; channel++) {
            if (spike.slope(channel) == 0) {
                throw new InputException("node '" + node.name() + "' has no slope in channel " + channel
                        + ", where N is infinite, which NIR has no terms for; give it a small one, such as 0.001");
            }
            float theta = negative[negative.length == 1 ? 0 : channel];
            thresholds[channel] = (float) (1 / spike.slope(channel) * theta);
        }
        return thresholds;
    }

    /**
     * Neurons of given thresholds.
     *
     * @param start name of the initial potentials, fractions of the threshold
     */
    private NirNode population(float[] thresholds, String start, Shape shape) {
        HostTensor threshold = ChannelsFirst.spread(thresholds, 1, shape);
        float[] potentials =
                ChannelsFirst.spread(weights.get(start).values(), 1, shape).values();
        for (int index = 0; index < potentials.length; index++) {
            potentials[index] *= threshold.values()[index];
        }
        return new NirNode.IF(threshold, new HostTensor(threshold.shape(), potentials));
    }

    /** Adds a node and what it reads; gives the name that it got. */
    private List<String> add(String name, NirNode node, List<String> inputs) {
        String unique = unique(name);
        nodes.put(unique, node);
        inputs.forEach(input -> edges.add(new NirGraph.Edge(input, unique)));
        return List.of(unique);
    }

    /** HDF5 takes a slash for a path. */
    private String unique(String name) {
        String base = name.replace('/', '_');
        String unique = base;
        for (int count = 2; nodes.containsKey(unique); count++) {
            unique = base + "_" + count;
        }
        return unique;
    }
}
