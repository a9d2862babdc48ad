package org.ambispike.support;

import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.ambispike.graph.ConvGeometry;
import org.ambispike.graph.MaxPoolGeometry;
import org.ambispike.graph.NeuronModel;
import org.ambispike.graph.Node;
import org.ambispike.graph.Op;
import org.ambispike.graph.PoolGeometry;
import org.ambispike.graph.Shape;
import org.ambispike.graph.WindowAxis;
import org.ambispike.io.SavedModel;

/** A spiking network on one image, slow and obvious, in double. */
public final class ReferenceNetwork {
    private final SavedModel model;
    private final Map<String, double[][]> membranes = new HashMap<>();
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
            return convolve(conv.geometry(), x, parameter(node, "weight"), parameter(node, "bias"));
        }
        if (node.op() instanceof Op.AveragePool pool) {
            return pool(pool.geometry(), x);
        }
        if (node.op() instanceof Op.MaxPool pool) {
            return maxPool(node.name(), pool.geometry(), x);
        }
        if (node.op() instanceof Op.Linear linear) {
            float[] weight = parameter(node, "weight");
            double[] y = new double[linear.outputs()];
            for (int output = 0; output < y.length; output++) {
                y[output] = parameter(node, "bias")[output];
                for (int input = 0; input < x.length; input++) {
                    y[output] += weight[output * x.length + input] * x[input];
                }
            }
            return y;
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

    private static double[] convolve(ConvGeometry g, double[] x, float[] weight, float[] bias) {
        double[] y = new double[Math.toIntExact(g.outputShape().elements())];
        for (int row = 0; row < g.outHeight(); row++) {
            for (int column = 0; column < g.outWidth(); column++) {
                for (int out = 0; out < g.outChannels(); out++) {
                    double sum = bias[out];
                    for (int i = 0; i < g.down().kernel(); i++) {
                        for (int j = 0; j < g.across().kernel(); j++) {
                            int from = place(g.down(), row, i);
                            int at = place(g.across(), column, j);
                            boolean inside = from >= 0 && from < g.height() && at >= 0 && at < g.width();
                            int read = g.inChannels() / g.groups();
                            int first = out * g.groups() / g.outChannels() * read;
                            for (int in = 0; inside && in < read; in++) {
                                sum += weight[
                                                ((out * g.down().kernel() + i)
                                                                                * g.across()
                                                                                        .kernel()
                                                                        + j)
                                                                * read
                                                        + in]
                                        * x[(from * g.width() + at) * g.inChannels() + first + in];
                            }
                        }
                    }
                    y[(row * g.outWidth() + column) * g.outChannels() + out] = sum;
                }
            }
        }
        return y;
    }

    private static int place(WindowAxis axis, int window, int tap) {
        return window * axis.stride() - axis.padding() + tap * axis.dilation();
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
        double[] before = largest(g, sums);
        Arrays.setAll(sums, index -> sums[index] + x[index]);
        double[] after = largest(g, sums);
        return IntStream.range(0, after.length)
                .mapToDouble(index -> after[index] - before[index])
                .toArray();
    }

    private static double[] largest(MaxPoolGeometry g, double[] x) {
        double[] y = new double[Math.toIntExact(g.outputShape().elements())];
        Arrays.fill(y, Double.NEGATIVE_INFINITY);
        for (int index = 0; index < y.length; index++) {
            int column = index / g.channels() % g.across().windows();
            int row = index / g.channels() / g.across().windows();
            for (int i = 0; i < g.down().kernel(); i++) {
                for (int j = 0; j < g.across().kernel(); j++) {
                    int from = place(g.down(), row, i);
                    int at = place(g.across(), column, j);
                    if (from >= 0
                            && from < g.down().extent()
                            && at >= 0
                            && at < g.across().extent()) {
                        int source = (from * g.across().extent() + at) * g.channels() + index % g.channels();
                        y[index] = Math.max(y[index], x[source]);
                    }
                }
            }
        }
        return y;
    }

    /** METHOD's neurons: pair with both membranes fed the full drive, single, and plain integrate-and-fire. */
    private double[] fire(Node node, Op.Spike op, double[] x) {
        int channels = model.graph().shape(node.name()).extent(-1);
        double[][] u = membranes.computeIfAbsent(node.name(), name -> start(node, op, x.length, channels));
        double[] sums = emitted.computeIfAbsent(node.name(), name -> new double[x.length]);
        long[] counts = spikes.computeIfAbsent(node.name(), name -> new long[2]);
        double[] s = new double[x.length];
        for (int index = 0; index < x.length; index++) {
            double p = at(parameter(node, "thetaPositive"), index % channels);
            double thetaN = at(parameter(node, "thetaNegative"), index % channels);
            double n = thetaN / op.alpha();
            if (op.model() == NeuronModel.MEMORY) {
                int change = remember(node, u, index, channels, x[index], counts);
                s[index] = change == 0 ? 0 : value(u[1][index], p, thetaN) - value(u[1][index] - change, p, thetaN);
                sums[index] += s[index];
                continue;
            }
            double[] minus = op.model() == NeuronModel.PAIR ? u[1] : u[0];
            u[0][index] += x[index];
            if (op.model() == NeuronModel.PAIR) {
                u[1][index] += x[index];
            }
            int positive = quanta(op, u[0][index], p);
            int negative = op.model() == NeuronModel.INTEGRATE_AND_FIRE ? 0 : quanta(op, -minus[index], n);
            u[0][index] -= positive * p;
            minus[index] += negative == 0 ? 0 : negative * n;
            s[index] = positive * p - negative * thetaN;
            sums[index] += s[index];
            counts[0] += positive;
            counts[1] += negative;
        }
        return s;
    }

    /** What so many spikes of one polarity are worth together. */
    private static double value(double balance, double p, double thetaN) {
        return balance > 0 ? balance * p : balance * thetaN;
    }

    /** One step of a memory neuron: u is the potential and the balance; gives how the balance changed. */
    private int remember(Node node, double[][] u, int index, int channels, double x, long[] counts) {
        double p = at(parameter(node, "thetaPositive"), index % channels);
        double n = at(parameter(node, "thetaNegative"), index % channels) / ((Op.Spike) node.op()).alpha();
        double above = parameter(node, "startPositive")[index % channels] * p;
        double below = parameter(node, "startNegative")[index % channels] * n;
        double balance = u[1][index];
        u[0][index] += x;
        double m = u[0][index];
        int change = 0;
        if (balance >= 0 && m + above > p || balance < 0 && m - below > 0) {
            change = 1;
        } else if (balance <= 0 && m - below < -n || balance > 0 && m + above < 0) {
            change = -1;
        }
        // what the spike, or the one that it takes back, took off the membrane
        boolean positive = balance > 0 || balance == 0 && change > 0;
        u[0][index] -= change * (positive ? p : n);
        u[1][index] += change;
        counts[change > 0 ? 0 : 1] += Math.abs(change);
        return change;
    }

    private static int quanta(Op.Spike op, double membrane, double threshold) {
        int count = 0;
        while (count < op.quanta() && membrane > (count + 1) * threshold) {
            count++;
        }
        return count;
    }

    private double[][] start(Node node, Op.Spike op, int neurons, int channels) {
        double[][] u = new double[2][neurons];
        if (op.model() == NeuronModel.MEMORY) {
            return u;
        }
        for (int index = 0; index < neurons; index++) {
            int channel = index % channels;
            u[0][index] = parameter(node, "startPositive")[channel] * at(parameter(node, "thetaPositive"), channel);
            u[1][index] = -parameter(node, "startNegative")[channel]
                    * at(parameter(node, "thetaNegative"), channel)
                    / op.alpha();
        }
        return u;
    }

    private static double at(float[] perLayerOrChannel, int channel) {
        return perLayerOrChannel[perLayerOrChannel.length == 1 ? 0 : channel];
    }
}
