package org.ambispike.train;

import java.util.function.IntToDoubleFunction;
import org.ambispike.backend.Backend;
import org.ambispike.common.Cancellation;
import org.ambispike.data.BatchOptions;
import org.ambispike.data.Batches;
import org.ambispike.data.Dataset;
import org.ambispike.exec.ExecutionOptions;
import org.ambispike.exec.Executor;
import org.ambispike.exec.ParameterStore;
import org.ambispike.graph.Graph;
import org.ambispike.graph.HostTensor;
import org.ambispike.graph.Node;
import org.ambispike.graph.Op;
import org.ambispike.graph.Weights;

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
    Weights calibrate(Graph snn, Weights weights, int timeSteps, Dataset images) {
        Weights result = weights;
        for (Node neuron : snn.neurons()) {
            double[] errors = errors(snn, result, neuron, timeSteps, images);
            result = shifted(result, neuron, timeSteps, errors);
        }
        return result;
    }

    /** Mean of activation less rate by channel, [channels]. */
    private double[] errors(Graph snn, Weights weights, Node neuron, int timeSteps, Dataset images) {
        int channels = snn.shape(neuron.name()).extent(-1);
        Graph part = snn.upTo(neuron.name());
        Graph ann = teacher.graph().upTo(neuron.name());
        int batch = Math.min(BATCH, images.size());
        float[] rates = new float[Math.toIntExact(batch * part.outputShape().elements())];
        float[] activations = new float[rates.length];
        double[] sums = new double[channels];
        long count = 0;
        try (ParameterStore store = ParameterStore.create(backend, part, weights.of(part), false);
                ParameterStore annStore =
                        ParameterStore.create(backend, ann, teacher.weights().of(ann), false);
                Executor student = Executor.plan(
                        backend,
                        part,
                        store,
                        ExecutionOptions.inference(batch, timeSteps).withRates());
                Executor reference = Executor.plan(
                        backend,
                        ann,
                        annStore,
                        ExecutionOptions.inference(batch, 1).withRates());
                Batches batches = Batches.open(images, BatchOptions.inOrder(batch))) {
            batches.start(0);
            while (batches.advance() && batches.current().count() == batch) {
                cancellation.check();
                student.input(batches.current().images(), batch);
                reference.input(batches.current().images(), batch);
                student.forward();
                reference.forward();
                backend.memory().download(student.rate(neuron.name()), rates, 0, rates.length);
                backend.memory().download(reference.rate(neuron.name()), activations, 0, rates.length);
                for (int index = 0; index < rates.length; index++) {
                    sums[index % channels] += activations[index] - rates[index];
                }
                count += rates.length / channels;
            }
        }
        for (int channel = 0; channel < channels; channel++) {
            sums[channel] /= count;
        }
        return sums;
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
