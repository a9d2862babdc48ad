package org.ambispike.train;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.ambispike.exec.ExecutionOptions;
import org.ambispike.graph.Graph;
import org.ambispike.graph.Node;
import org.ambispike.graph.Op;
import org.ambispike.graph.Weights;

/**
 * A network that is run layer by layer over the same images: what a layer of neurons gives is kept until all that read it were
 * run, so that nothing is computed twice. Used by the backend's thread.
 */
final class LayeredNetwork implements AutoCloseable {
    private final LayerPass.Place place;
    private final LayerPass.Images images;
    private final Graph graph;
    private final int timeSteps;
    private final Map<String, KeptValues> kept = new HashMap<>();
    /** By the node that a part ends with, in order. */
    private final Map<String, Graph> parts = new LinkedHashMap<>();

    /** @param input the images, normalised; become its own */
    LayeredNetwork(LayerPass.Place place, LayerPass.Images images, Graph graph, int timeSteps, KeptValues input) {
        this.place = place;
        this.images = images;
        this.graph = graph;
        this.timeSteps = timeSteps;
        kept.put(graph.nodes().get(0).name(), input);
        Set<String> neurons = graph.neurons().stream().map(Node::name).collect(Collectors.toSet());
        Set<String> ends = new LinkedHashSet<>();
        graph.neurons().forEach(neuron -> ends.add(neuron.name()));
        ends.addAll(results());
        ends.forEach(end -> parts.put(end, graph.between(neurons, end)));
    }

    /** The nodes that give the results, in order. */
    List<String> results() {
        Node output = graph.output();
        return output.op() instanceof Op.Outputs ? output.inputs() : List.of(output.name());
    }

    /** The part that ends with a node: a layer of neurons, or a result. */
    Graph part(String end) {
        return parts.get(end);
    }

    /** Whether the drive of a layer is the same at every step, for it depends on the images alone. */
    boolean isConstant(String end) {
        return part(end).given().isEmpty();
    }

    /** Opens passes through a part; what it reads must be kept. */
    LayerPass open(String end, Weights weights, ExecutionOptions options) {
        return new LayerPass(place, images, part(end), weights, options, kept);
    }

    /** The options of a pass that gives no more than results. */
    ExecutionOptions options() {
        return ExecutionOptions.inference(images.chunk(), timeSteps);
    }

    /** Whether parts that are still to be run read what a layer gives. */
    boolean isRead(String name) {
        return parts.values().stream().flatMap(part -> part.given().stream()).anyMatch(node -> node.name()
                .equals(name));
    }

    /** Takes over what a layer gave for all images. */
    void keep(String name, KeptValues values) {
        kept.put(name, values);
    }

    /** Lets go of a part that was run, and of what no other part reads. */
    void finish(String end) {
        parts.remove(end);
        List<String> done = new ArrayList<>();
        for (Node node : graph.neurons()) {
            if (kept.containsKey(node.name()) && !isRead(node.name())) {
                done.add(node.name());
            }
        }
        done.forEach(name -> kept.remove(name).close());
    }

    /** Returns the mean over images and places of a result by channel, [channels]; the part is run for it. */
    double[] means(String end, Weights weights) {
        Graph part = part(end);
        int channels = part.outputShape().extent(-1);
        int elements = Math.toIntExact(part.outputShape().elements());
        double[][] sums = new double[images.chunks()][channels];
        try (LayerPass pass = open(end, weights, options())) {
            pass.run((executor, arrays, index) -> {
                float[] outputs = arrays.download(executor.finalLogits());
                for (int element = 0; element < images.size(index) * elements; element++) {
                    sums[index][element % channels] += outputs[element];
                }
            });
        }
        double[] means = new double[channels];
        for (int channel = 0; channel < channels; channel++) {
            for (double[] sum : sums) {
                means[channel] += sum[channel];
            }
            means[channel] /= (double) images.count() * elements / channels;
        }
        return means;
    }

    @Override
    public void close() {
        kept.values().forEach(KeptValues::close);
    }
}
