package org.ambispike.serve;

import java.nio.ByteBuffer;
import java.nio.FloatBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.stream.IntStream;
import org.ambispike.SpikingSession;
import org.ambispike.graph.HostTensor;
import org.ambispike.graph.NeuronModel;
import org.ambispike.graph.Node;
import org.ambispike.graph.Op;
import org.ambispike.graph.Shape;
import org.ambispike.io.SavedModel;

/** Follows one layer through time. Used by one thread. */
final class TraceRecorder {
    /** Neurons that are shown one by one. */
    private static final int SAMPLE = 96;
    /** What a step of a neuron is written as: nothing, a positive spike, a negative one, both. */
    private static final String SYMBOLS = ".+-x";

    private final String layer;
    private final NeuronModel model;
    private final Shape shape;
    private final int neurons;
    private final float[] thetaPositive;
    private final float[] thetaNegative;
    private final float[] gains;
    private final float[] activations;
    private final double norm;
    private final List<byte[]> steps = new ArrayList<>();
    private final double[] sums;
    private final float[] emitted;
    private final int[] active;
    private final List<Integer> positive = new ArrayList<>();
    private final List<Integer> negative = new ArrayList<>();
    private final List<Float> errors = new ArrayList<>();

    /** @param activations of the ANN, of the layer's shape */
    TraceRecorder(SavedModel model, Node node, HostTensor activations) {
        this.layer = node.name();
        this.model = ((Op.Spike) node.op()).model();
        this.shape = model.graph().shape(node.name());
        this.neurons = Math.toIntExact(shape.elements());
        this.thetaPositive =
                model.weights().get(node.parameter("thetaPositive")).values();
        this.thetaNegative =
                model.weights().get(node.parameter("thetaNegative")).values();
        this.gains = ((Op.Spike) node.op()).gains() > 0
                ? model.weights().get(node.parameter("gains")).values()
                : new float[0];
        this.activations = activations.values();
        this.sums = new double[neurons];
        this.emitted = new float[neurons];
        this.active = new int[neurons];
        double squares = 0;
        for (float activation : this.activations) {
            squares += (double) activation * activation;
        }
        this.norm = Math.sqrt(squares);
    }

    /** Takes over the session's last step. */
    void record(SpikingSession session) {
        byte[] spikes = new byte[neurons];
        session.spikes(layer, ByteBuffer.wrap(spikes));
        session.emitted(layer, FloatBuffer.wrap(emitted));
        steps.add(spikes);
        int plus = 0;
        int minus = 0;
        double squares = 0;
        for (int neuron = 0; neuron < neurons; neuron++) {
            plus += spikes[neuron] & SpikingSession.POSITIVE;
            minus += spikes[neuron] >> 1;
            active[neuron] += Integer.bitCount(spikes[neuron]);
            sums[neuron] += emitted[neuron];
            double error = sums[neuron] / steps.size() - activations[neuron];
            squares += error * error;
        }
        positive.add(plus);
        negative.add(minus);
        errors.add(norm > 0 ? (float) (Math.sqrt(squares) / norm) : 0);
    }

    long positiveSpikes() {
        return positive.stream().mapToLong(Integer::longValue).sum();
    }

    long negativeSpikes() {
        return negative.stream().mapToLong(Integer::longValue).sum();
    }

    LayerTrace trace() {
        int[] sample = sample();
        return new LayerTrace(
                layer,
                model,
                shape,
                neurons,
                positive,
                negative,
                errors,
                (int) Arrays.stream(active).filter(spikes -> spikes > 0).count(),
                sample,
                Arrays.stream(sample).mapToObj(this::raster).toList(),
                values(sample, thetaPositive),
                values(sample, thetaNegative),
                gains,
                values(sample, activations));
    }

    /**
     * Chooses, of the neurons that fired, so many that stand evenly apart in the order of their spikes, the most active first;
     * among equals the first in the layer. All of them where there are no more.
     */
    private int[] sample() {
        int[] ranked = IntStream.range(0, neurons)
                .filter(neuron -> active[neuron] > 0)
                .boxed()
                .sorted(Comparator.comparingInt(neuron -> -active[neuron]))
                .mapToInt(Integer::intValue)
                .toArray();
        int count = Math.min(SAMPLE, ranked.length);
        return IntStream.range(0, count)
                .map(place -> ranked[(int) ((long) place * ranked.length / count)])
                .toArray();
    }

    private String raster(int neuron) {
        StringBuilder text = new StringBuilder(steps.size());
        steps.forEach(spikes -> text.append(SYMBOLS.charAt(spikes[neuron])));
        return text.toString();
    }

    /** @param values one, one for each channel, or one for each neuron */
    private static float[] values(int[] sample, float[] values) {
        float[] chosen = new float[sample.length];
        for (int index = 0; index < chosen.length; index++) {
            chosen[index] = values[sample[index] % values.length];
        }
        return chosen;
    }
}
