package org.ambispike.convert;

import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import org.ambispike.graph.Graph;
import org.ambispike.graph.HostTensor;
import org.ambispike.graph.Node;
import org.ambispike.graph.Op;
import org.ambispike.graph.SampledAxis;
import org.ambispike.graph.Weights;

/**
 * Adds a number to all values of a node, by channel, through the biases of the layers before it: convolutions and linear layers
 * that the value comes from through pools, rearrangements and concatenations, and one addend of a sum. A pure function;
 * thread-safe.
 */
public final class BiasShift {
    private static final double ROUNDING = 1e-6;

    private final Graph graph;

    public BiasShift(Graph graph) {
        this.graph = graph;
    }

    /**
     * Shifts a node's values.
     *
     * @param weights of the graph
     * @param shift [channels]
     * @return empty if there is no bias that shifts this value and no other
     */
    public Optional<Weights> add(Weights weights, String node, float[] shift) {
        return through(node, shift).map(added -> {
            Weights result = weights;
            for (Map.Entry<String, float[]> bias : added.entrySet()) {
                result = result.map(bias.getKey(), values -> sum(values, bias.getValue()));
            }
            return result;
        });
    }

    private static HostTensor sum(HostTensor bias, float[] added) {
        HostTensor result = bias.copy();
        for (int channel = 0; channel < added.length; channel++) {
            result.values()[channel] += added[channel];
        }
        return result;
    }

    /** What to add to biases by name. */
    private Optional<Map<String, float[]>> biases(String name, float[] shift) {
        Node node = graph.node(name);
        Op op = node.op();
        if (op instanceof Op.Conv2d || op instanceof Op.Linear) {
            Map<String, float[]> bias = new LinkedHashMap<>();
            bias.put(node.parameter("bias"), shift);
            return Optional.of(bias);
        }
        if (op instanceof Op.Add) {
            return node.inputs().stream()
                    .map(input -> through(input, shift))
                    .flatMap(Optional::stream)
                    .findFirst();
        }
        if (op instanceof Op.Concat) {
            return ofEach(node, shift);
        }
        if (op instanceof Op.DepthToSpace blocks) {
            return through(node.inputs().get(0), repeated(shift, blocks.down() * blocks.across()));
        }
        return keepsShifts(op) ? through(node.inputs().get(0), shift) : Optional.empty();
    }

    private static boolean keepsShifts(Op op) {
        return op instanceof Op.MaxPool
                || op instanceof Op.AveragePool
                || op instanceof Op.Resample map
                        && map.channels().isUnchanged()
                        && isMean(map.down())
                        && isMean(map.across());
    }

    /** Whether the weights of each place have the sum 1. */
    private static boolean isMean(SampledAxis axis) {
        return axis.windows().stream()
                .allMatch(window -> Math.abs(window.weights().stream()
                                        .mapToDouble(Float::doubleValue)
                                        .sum()
                                - 1)
                        < ROUNDING);
    }

    private static float[] repeated(float[] shift, int times) {
        float[] result = new float[shift.length * times];
        for (int index = 0; index < result.length; index++) {
            result[index] = shift[index % shift.length];
        }
        return result;
    }

    private Optional<Map<String, float[]>> ofEach(Node concatenation, float[] shift) {
        Map<String, float[]> all = new LinkedHashMap<>();
        int from = 0;
        for (String input : concatenation.inputs()) {
            int channels = graph.shape(input).extent(-1);
            Optional<Map<String, float[]>> one = through(input, Arrays.copyOfRange(shift, from, from + channels));
            if (one.isEmpty()) {
                return Optional.empty();
            }
            all.putAll(one.get());
            from += channels;
        }
        return Optional.of(all);
    }

    /** Finds the biases whose shift moves a value that at most one node reads; empty if there are none. */
    private Optional<Map<String, float[]>> through(String name, float[] shift) {
        long readers = graph.nodes().stream()
                .flatMap(node -> node.inputs().stream())
                .filter(name::equals)
                .count();
        return readers <= 1 ? biases(name, shift) : Optional.empty();
    }
}
