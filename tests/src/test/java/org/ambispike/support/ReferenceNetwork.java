package org.ambispike.support;

import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.ambispike.backend.MaxPoolLayout;
import org.ambispike.backend.SpikeLayout;
import org.ambispike.contract.ReferenceLinear;
import org.ambispike.contract.ReferenceMaxPool;
import org.ambispike.contract.ReferenceSpike;
import org.ambispike.graph.ConvGeometry;
import org.ambispike.graph.MaxPoolGeometry;
import org.ambispike.graph.Node;
import org.ambispike.graph.Op;
import org.ambispike.graph.PoolGeometry;
import org.ambispike.graph.Shape;
import org.ambispike.io.SavedModel;

/** A spiking network on one image, slow and obvious, in double. */
public final class ReferenceNetwork {
    /** What a spiking layer keeps; its slopes are the graph's. */
    private static final List<String> STORED =
            List.of("thetaPositive", "thetaNegative", "startPositive", "startNegative");

    private final SavedModel model;
    private final Map<String, double[]> membranes = new HashMap<>();
    private final Map<String, double[]> emitted = new HashMap<>();
    private final Map<String, long[]> spikes = new HashMap<>();
    private final Map<String, double[]> pooledSums = new HashMap<>();
    private final double[] drive;
    private int time;

    public ReferenceNetwork(SavedModel model) {
        this.model = model;
        this.drive = new double[model.graph().classes()];
    }

    /** The mean drive of the last layer after one more step. */
    public double[] step(float[] image) {
        Map<String, double[]> values = new HashMap<>();
        double[] pixels = IntStream.range(0, image.length)
                .mapToDouble(index -> image[index])
                .toArray();
        for (Node node : model.graph().nodes()) {
            List<double[]> inputs = node.inputs().stream().map(values::get).toList();
            values.put(node.name(), node.op() instanceof Op.Input ? pixels : apply(node, inputs));
        }
        time++;
        for (int index = 0; index < drive.length; index++) {
            drive[index] += values.get(model.graph().output().name())[index];
        }
        return Arrays.stream(drive).map(sum -> sum / time).toArray();
    }

    /** Mean emitted value of each neuron of a layer over the steps so far. */
    public double[] emitted(String layer) {
        return Arrays.stream(emitted.get(layer)).map(sum -> sum / time).toArray();
    }

    /** Positive and negative spikes of a layer over the steps so far. */
    public long[] spikes(String layer) {
        return spikes.get(layer);
    }

    private double[] apply(Node node, List<double[]> inputs) {
        double[] x = inputs.get(0);
        if (node.op() instanceof Op.Conv2d conv) {
            return linear(conv.geometry(), node, x);
        }
        if (node.op() instanceof Op.AveragePool pool) {
            return pool(pool.geometry(), x);
        }
        if (node.op() instanceof Op.MaxPool pool) {
            return maxPool(node.name(), pool.geometry(), x);
        }
        if (node.op() instanceof Op.Linear linear) {
            return linear(new ConvGeometry(1, 1, linear.inputs(), linear.outputs(), 1, 1, 0), node, x);
        }
        if (node.op() instanceof Op.Spike spike) {
            return fire(node, spike, x);
        }
        List<Shape> shapes = node.inputs().stream().map(model.graph()::shape).toList();
        return ReferenceRearrangement.of(node.op(), shapes, inputs);
    }

    private float[] parameter(Node node, String name) {
        return model.weights().get(node.parameter(name)).values();
    }

    private double[] linear(ConvGeometry geometry, Node node, double[] x) {
        return new ReferenceLinear(geometry, 1).forward(x, parameter(node, "weight"), parameter(node, "bias"));
    }

    private static double[] pool(PoolGeometry g, double[] x) {
        double[] y = new double[Math.toIntExact(g.outputShape().elements())];
        for (int index = 0; index < y.length; index++) {
            int channel = index % g.channels();
            int column = index / g.channels() % g.outWidth();
            int row = index / g.channels() / g.outWidth();
            for (int i = 0; i < g.kernel(); i++) {
                for (int j = 0; j < g.kernel(); j++) {
                    int from = (row * g.stride() + i) * g.width() + column * g.stride() + j;
                    y[index] += x[from * g.channels() + channel] / (g.kernel() * g.kernel());
                }
            }
        }
        return y;
    }

    /** What the largest of the summed drives grew by. */
    private double[] maxPool(String name, MaxPoolGeometry g, double[] x) {
        double[] sums = pooledSums.computeIfAbsent(name, key -> new double[x.length]);
        MaxPoolLayout layout = new MaxPoolLayout(g, 1, 1, false);
        double[] before = ReferenceMaxPool.largest(layout, sums);
        Arrays.setAll(sums, index -> sums[index] + x[index]);
        double[] grown = ReferenceMaxPool.largest(layout, sums);
        Arrays.setAll(grown, index -> grown[index] - before[index]);
        return grown;
    }

    private double[] fire(Node node, Op.Spike op, double[] x) {
        int channels = model.graph().shape(node.name()).extent(-1);
        double[] parameters = new double[(STORED.size() + 1) * channels];
        for (int index = 0; index < parameters.length; index++) {
            int row = index / channels;
            int channel = index % channels;
            parameters[index] = row < STORED.size() ? at(parameter(node, STORED.get(row)), channel) : op.slope(channel);
        }
        SpikeLayout layout = new SpikeLayout(op.model(), 1, x.length / channels, channels, false, false, op.quanta());
        ReferenceSpike.Forward step = new ReferenceSpike(layout, 1).forward(x, parameters, membranes.get(node.name()));
        membranes.put(node.name(), step.carry());
        double[] sums = emitted.computeIfAbsent(node.name(), name -> new double[x.length]);
        Arrays.setAll(sums, index -> sums[index] + step.spikes()[index]);
        long[] counts = spikes.computeIfAbsent(node.name(), name -> new long[2]);
        Arrays.setAll(counts, polarity -> counts[polarity] + step.counts()[polarity]);
        return step.spikes();
    }

    private static double at(float[] perLayerOrChannel, int channel) {
        return perLayerOrChannel[perLayerOrChannel.length == 1 ? 0 : channel];
    }
}
