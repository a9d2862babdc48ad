package org.ambispike.convert;

import org.ambispike.common.InputException;
import org.ambispike.graph.Graph;
import org.ambispike.graph.HostTensor;
import org.ambispike.graph.Network;
import org.ambispike.graph.NeuronModel;
import org.ambispike.graph.Node;
import org.ambispike.graph.Op;
import org.ambispike.graph.Shape;
import org.ambispike.graph.Weights;

/**
 * Gains by step: memory neurons whose spikes of the first T steps are worth different multiples of their thresholds, so that T steps
 * tell more than T + 1 levels apart.
 */
public final class StepGains {
    private StepGains() {}

    /**
     * Gives every neuron of a spiking network gains and biases for so many steps. Gains fall evenly from 1 + spread to 1 - spread
     * around 1, or around the mean of those that a layer has; biases are 0, or the mean of those that it has. So a spread of 0 changes
     * nothing about a network that has none.
     *
     * @param steps from 2 to {@link NeuronModel#MAX_GAINS}
     * @param spread in [0, 1)
     * @throws InputException naming the layer, if its neurons do not take spikes back
     */
    public static Network over(Network spiking, int steps, double spread) {
        if (steps < 2 || steps > NeuronModel.MAX_GAINS || !(spread >= 0 && spread < 1)) {
            throw new IllegalArgumentException("gains by step are for 2 to " + NeuronModel.MAX_GAINS
                    + " steps and spread by 0 or more and less than 1, got " + steps + " steps, spread " + spread);
        }
        Graph graph = spiking.graph()
                .mapOps(node -> node.op() instanceof Op.Spike spike ? graded(node, spike, steps) : node.op());
        Weights weights = spiking.weights();
        for (Node neuron : graph.neurons()) {
            int channels = graph.shape(neuron.name()).extent(-1);
            boolean has = ((Op.Spike) spiking.graph().node(neuron.name()).op()).gains() > 0;
            float[] mean = has ? means(weights.get(neuron.parameter("gains")), 1) : new float[] {1};
            float[] shift = has ? means(weights.get(neuron.parameter("stepBias")), channels) : new float[channels];
            HostTensor gains = HostTensor.filled(Shape.of(steps), 0);
            HostTensor biases = HostTensor.filled(Shape.of(steps, channels), 0);
            for (int step = 0; step < steps; step++) {
                gains.values()[step] = (float) (mean[0] * (1 + spread * (1 - 2.0 * step / (steps - 1))));
                System.arraycopy(shift, 0, biases.values(), step * channels, channels);
            }
            weights = weights.with(neuron.parameter("gains"), gains).with(neuron.parameter("stepBias"), biases);
        }
        return Thresholds.ordered(graph, weights);
    }

    private static Op.Spike graded(Node node, Op.Spike spike, int steps) {
        if (!spike.model().takesBack()) {
            throw new InputException("layer '" + node.name() + "' has " + spike.model()
                    + " neurons, and gains by step need neurons that take spikes back; convert with --neuron memory");
        }
        return new Op.Spike(NeuronModel.GRADED, spike.alpha(), spike.perChannel(), 1, spike.slopes(), steps);
    }

    /** The means over steps of so many values each. */
    private static float[] means(HostTensor bySteps, int count) {
        float[] values = bySteps.values();
        float[] means = new float[count];
        int steps = values.length / count;
        for (int index = 0; index < values.length; index++) {
            means[index % count] += values[index] / steps;
        }
        return means;
    }
}
