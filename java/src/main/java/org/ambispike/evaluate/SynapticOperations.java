package org.ambispike.evaluate;

import java.util.ArrayList;
import java.util.List;
import org.ambispike.graph.Graph;
import org.ambispike.graph.Node;
import org.ambispike.result.EnergyEstimate;

/**
 * Operations and energy of a spiking network and of its ANN. A spike costs an accumulation for each synapse it reaches:
 * the multiply-accumulates of the next weighted layer, spread evenly over its inputs. The first layer sees the image,
 * which is constant in time, and costs its multiply-accumulates once. Updates of membranes are not counted.
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
        List<Node> weighted = new ArrayList<>(graph.nodes());
        weighted.removeIf(node -> node.op().multiplyAccumulates() == 0);
        double ann = weighted.stream()
                .mapToDouble(node -> node.op().multiplyAccumulates())
                .sum();
        double input = weighted.get(0).op().multiplyAccumulates();
        double synaptic = 0;
        for (Node neuron : graph.neurons()) {
            double spikes = curve.spikesPerImage(neuron.name(), 0, t) + curve.spikesPerImage(neuron.name(), 1, t);
            synaptic += spikes * fanOut(neuron);
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

    /** Synapses that one spike of a layer reaches; a pooling window between adds none. */
    private double fanOut(Node neuron) {
        int position = graph.nodes().indexOf(neuron);
        for (Node node : graph.nodes().subList(position + 1, graph.nodes().size())) {
            long operations = node.op().multiplyAccumulates();
            if (operations > 0) {
                return operations / (double) graph.shape(node.inputs().get(0)).elements();
            }
        }
        return 0;
    }
}
