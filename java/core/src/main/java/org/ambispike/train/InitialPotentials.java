package org.ambispike.train;

import java.util.Arrays;
import java.util.function.IntToDoubleFunction;
import org.ambispike.backend.Backend;
import org.ambispike.common.Cancellation;
import org.ambispike.data.Dataset;
import org.ambispike.graph.Graph;
import org.ambispike.graph.HostTensor;
import org.ambispike.graph.Network;
import org.ambispike.graph.Node;
import org.ambispike.graph.Op;
import org.ambispike.graph.Weights;
import org.ambispike.run.DataPass;
import org.ambispike.run.NetworkRunner;
import org.ambispike.run.PassPlan;

/**
 * Calibration of the initial membrane potentials, layer by layer, as the first of the two stages of Wang et al. (2025) and
 * the potential correction of Li et al. (2021) have it: what a channel's neurons emitted too little on average over T
 * steps is laid into their membranes before the first, u(0) += T mean(a - r).
 */
final class InitialPotentials {
    private static final int BATCH = 50;

    private final Backend backend;
    private final TeacherNetwork teacher;
    private final Cancellation cancellation;

    InitialPotentials(Backend backend, TeacherNetwork teacher, Cancellation cancellation) {
        this.backend = backend;
        this.teacher = teacher;
        this.cancellation = cancellation;
    }

    /**
     * The weights with other initial potentials. These stay within [0, 1] of their thresholds: a start beyond would be a
     * spike of its own.
     *
     * @param images at least 50; a last batch that is not full is left out
     */
    Weights calibrate(Network snn, int timeSteps, Dataset images) {
        Weights result = snn.weights();
        for (Node neuron : snn.graph().neurons()) {
            double[] errors = errors(new Network(snn.graph(), result), neuron, timeSteps, images);
            result = shifted(result, neuron, timeSteps, errors);
        }
        return result;
    }

    /** Returns the mean of activation less rate by channel, [channels]. */
    private double[] errors(Network snn, Node neuron, int timeSteps, Dataset images) {
        int batch = Math.min(BATCH, images.size());
        Dataset whole = images.slice(0, images.size() / batch * batch);
        double[] sums = new double[snn.graph().shape(neuron.name()).extent(-1)];
        try (NetworkRunner student = new NetworkRunner(backend, upTo(neuron, snn));
                NetworkRunner reference = new NetworkRunner(backend, upTo(neuron, teacher.network()));
                DataPass rates = student.pass(PassPlan.whole(batch, timeSteps).withRates(), cancellation);
                DataPass activations = reference.pass(PassPlan.whole(batch, 1).withRates(), cancellation)) {
            rates.run(whole, result -> {
                float[] emitted = result.rates(neuron);
                float[] wanted =
                        activations.run(result.images(), result.count()).rates(neuron);
                for (int index = 0; index < emitted.length; index++) {
                    sums[index % sums.length] += wanted[index] - emitted[index];
                }
            });
        }
        long count = whole.size() * snn.graph().shape(neuron.name()).elements() / sums.length;
        return Arrays.stream(sums).map(sum -> sum / count).toArray();
    }

    private static Network upTo(Node neuron, Network network) {
        Graph part = network.graph().upTo(neuron.name());
        return new Network(part, network.weights().of(part));
    }

    private static Weights shifted(Weights weights, Node neuron, int timeSteps, double[] errors) {
        Op.Spike spike = (Op.Spike) neuron.op();
        float[] positive = weights.get(neuron.parameter("thetaPositive")).values();
        float[] negative = weights.get(neuron.parameter("thetaNegative")).values();
        return weights.map(
                        neuron.parameter("startPositive"),
                        start -> moved(start, channel -> timeSteps * errors[channel] / at(positive, channel)))
                .map(
                        neuron.parameter("startNegative"),
                        start -> moved(
                                start,
                                channel ->
                                        -timeSteps * errors[channel] * spike.slope(channel) / at(negative, channel)));
    }

    private static HostTensor moved(HostTensor start, IntToDoubleFunction by) {
        HostTensor result = start.copy();
        for (int channel = 0; channel < result.values().length; channel++) {
            double moved = result.values()[channel] + by.applyAsDouble(channel);
            result.values()[channel] = (float) Math.max(0, Math.min(1, moved));
        }
        return result;
    }

    private static float at(float[] thresholds, int channel) {
        return thresholds.length == 1 ? thresholds[0] : thresholds[channel];
    }
}
