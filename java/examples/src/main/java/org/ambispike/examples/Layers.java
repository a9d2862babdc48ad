package org.ambispike.examples;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.ambispike.AnnModel;
import org.ambispike.graph.ConvGeometry;
import org.ambispike.graph.Graph;
import org.ambispike.graph.HostTensor;
import org.ambispike.graph.MaxPoolGeometry;
import org.ambispike.graph.Node;
import org.ambispike.graph.Normalisation;
import org.ambispike.graph.Op;
import org.ambispike.graph.Shape;
import org.ambispike.graph.Weights;
import org.ambispike.io.ModelInfo;
import org.ambispike.io.SavedModel;

/** Builds a network whose layers follow one another, from weights of elsewhere. For one thread. */
final class Layers {
    private final List<Node> nodes = new ArrayList<>();
    private final Map<String, HostTensor> weights = new LinkedHashMap<>();
    private Shape shape;

    /** @param input [H, W, C] of one picture */
    Layers(Shape input) {
        shape = input;
        nodes.add(new Node("input", new Op.Input(input), List.of()));
    }

    /** Returns [H, W, C] of what the last layer gives. */
    Shape shape() {
        return shape;
    }

    /** Adds a layer without parameters. */
    Layers add(String name, Op op) {
        String last = nodes.get(nodes.size() - 1).name();
        nodes.add(new Node(name, op, List.of(last)));
        shape = op.shape(List.of(shape));
        return this;
    }

    /**
     * Adds a convolution.
     *
     * @param weight [outputs, rows, columns, inputs / groups], as the geometry says
     * @param bias [outputs]
     */
    Layers convolution(String name, ConvGeometry geometry, float[] weight, float[] bias) {
        add(name, new Op.Conv2d(geometry));
        weights.put(name + ".weight", new HostTensor(geometry.weightShape(), weight));
        weights.put(name + ".bias", new HostTensor(Shape.of(bias.length), bias));
        return this;
    }

    /** Adds a Leaky ReLU. */
    Layers leaky(String name, double slope) {
        return add(name, new Op.Activation(Op.ActivationKind.LEAKY, slope, 0, false));
    }

    Layers maxPool(String name, MaxPoolGeometry geometry) {
        return add(name, new Op.MaxPool(geometry));
    }

    /**
     * Ends the network with a map as its result.
     *
     * @param happened what the model file says beside where the weights are from, such as how boxes are read from the map
     */
    AnnModel model(
            String network,
            String result,
            NpmPackage source,
            Normalisation normalisation,
            Map<String, String> happened) {
        add("result", new Op.Outputs(List.of(result)));
        Map<String, String> provenance = new LinkedHashMap<>();
        provenance.put("weights", "npm " + source);
        provenance.putAll(happened);
        ModelInfo info = new ModelInfo(network, ModelInfo.UNKNOWN, normalisation, List.of(), List.of(), provenance);
        return AnnModel.of(new SavedModel(new Graph(nodes), new Weights(weights), info));
    }
}
