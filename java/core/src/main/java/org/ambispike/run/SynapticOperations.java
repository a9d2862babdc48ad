package org.ambispike.run;

import java.util.HashSet;
import java.util.Set;
import org.ambispike.graph.Graph;
import org.ambispike.graph.Node;

/**
 * Operations and energy of a spiking network and of its ANN. A spike costs an accumulation for each synapse it reaches:
 * the multiply-accumulates of the next weighted layers, spread evenly over their inputs, and one where a shortcut leads to
 * a neuron. Layers that see only the image, which is constant in time, cost their multiply-accumulates once. Updates of membranes are not counted.
 */
public final class SynapticOperations {
    private final Graph graph;

    public SynapticOperations(Graph graph) {
        this.graph = graph;
    }

    /**
     * The estimate for the first t steps of a run.
     *
     * @param curve with counted spikes
     */
    public EnergyEstimate estimate(StepCurve curve, int t, int calibratedFor) {
        double ann = graph.nodes().stream()
                .mapToDouble(node -> node.op().multiplyAccumulates())
                .sum();
        double input = constantOperations(graph);
        double synaptic = 0;
        for (Node neuron : graph.neurons()) {
            double spikes = curve.spikesPerImage(neuron.name(), 0, t) + curve.spikesPerImage(neuron.name(), 1, t);
            synaptic += spikes * fanOut(neuron.name());
        }
        return new EnergyEstimate(
                t,
                calibratedFor,
                synaptic,
                input,
                ann,
                (input * EnergyEstimate.MULTIPLY_ACCUMULATE_PICOJOULES
                                + synaptic * EnergyEstimate.ACCUMULATE_PICOJOULES)
                        / 1000,
                ann * EnergyEstimate.MULTIPLY_ACCUMULATE_PICOJOULES / 1000);
    }

    /**
     * Multiply-accumulates of one image in T steps, without sparsity; layers that see only the image count once.
     *
     * @param graph an ANN or a spiking network
     */
    public static long multiplyAccumulates(Graph graph, int timeSteps) {
        long all = graph.nodes().stream()
                .mapToLong(node -> node.op().multiplyAccumulates())
                .sum();
        long constant = constantOperations(graph);
        return constant + timeSteps * (all - constant);
    }

    /** Operations of weighted layers that no neuron's output reaches, only the image. */
    private static long constantOperations(Graph graph) {
        Set<String> varying = new HashSet<>();
        long constant = 0;
        for (Node node : graph.nodes()) {
            if (node.op().isNeuron() || node.inputs().stream().anyMatch(varying::contains)) {
                varying.add(node.name());
            } else {
                constant += node.op().multiplyAccumulates();
            }
        }
        return constant;
    }

    /** Synapses that one spike of a node reaches, over all who read it; a pooling window or a sum between adds none. */
    private double fanOut(String name) {
        double synapses = 0;
        for (Node reader : graph.nodes()) {
            for (String input : reader.inputs()) {
                if (input.equals(name)) {
                    synapses += reached(reader);
                }
            }
        }
        return synapses;
    }

    /** A neuron that a shortcut leads to is one synapse; the logits at the end of one are another. */
    private double reached(Node reader) {
        long operations = reader.op().multiplyAccumulates();
        if (operations > 0) {
            return operations / (double) graph.shape(reader.inputs().get(0)).elements();
        }
        return reader.op().isNeuron() || reader.equals(graph.output()) ? 1 : fanOut(reader.name());
    }
}
