package org.ambispike.run;

import java.nio.ByteBuffer;
import java.nio.FloatBuffer;
import java.util.LinkedHashMap;
import java.util.Map;
import org.ambispike.backend.Backend;
import org.ambispike.common.InputException;
import org.ambispike.exec.Executor;
import org.ambispike.graph.Graph;
import org.ambispike.graph.Network;
import org.ambispike.graph.NeuronModel;
import org.ambispike.graph.Node;
import org.ambispike.graph.Op;

/** What the layers of a streaming executor emitted in the last step, read into buffers of the caller's. */
public final class StepTrace {
    /** What {@link #spikes} writes for a positive spike. */
    public static final byte POSITIVE = 1;
    /** What {@link #spikes} writes for a negative spike. */
    public static final byte NEGATIVE = 2;

    /**
     * One layer.
     *
     * @param neurons of one image
     * @param model which tells how values are made up
     * @param positive thetaP, the value of a positive spike, [1] or [channels]
     * @param negative thetaN, as many
     */
    private record Layer(int neurons, NeuronModel model, float[] positive, float[] negative) {
        /** A value tells which spikes it is made of: 0, thetaP, -thetaN, or their difference as the kernel rounds it. */
        byte spikes(int index, float value) {
            if (value == 0) {
                return 0;
            }
            int channel = index % positive.length;
            if (model.takesBack()) {
                return value > 0 ? POSITIVE : NEGATIVE; // of either threshold's value
            }
            if (value == positive[channel]) {
                return POSITIVE;
            }
            return value == -negative[channel] ? NEGATIVE : POSITIVE | NEGATIVE;
        }
    }

    private final Backend backend;
    private final Map<String, Layer> layers = new LinkedHashMap<>();
    private final float[] values;

    /**
     * Makes room for what layers emit.
     *
     * @param network a spiking one
     * @param batch the most images at once
     * @throws InputException naming the layer, if spikes are augmented: their values do not tell them apart
     */
    public StepTrace(Backend backend, Network network, int batch) {
        this.backend = backend;
        int widest = 0;
        Graph graph = network.graph();
        for (Node node : graph.neurons()) {
            if (((Op.Spike) node.op()).quanta() > 1) {
                throw new InputException(
                        "layer '" + node.name() + "' emits augmented spikes, of several quanta, which a"
                                + " trace does not tell apart; convert with another neuron, or run without a trace");
            }
            Layer layer = new Layer(
                    Math.toIntExact(graph.shape(node.name()).elements()),
                    ((Op.Spike) node.op()).model(),
                    network.weights().get(node.parameter("thetaPositive")).values(),
                    network.weights().get(node.parameter("thetaNegative")).values());
            layers.put(node.name(), layer);
            widest = Math.max(widest, layer.neurons());
        }
        this.values = new float[Math.multiplyExact(widest, batch)];
    }

    /** Returns how many values so many images have in a layer, one for each neuron. */
    public int count(String name, int images) {
        return images * layer(name).neurons();
    }

    /** Writes what each neuron of a layer emitted, [images, H, W, C], from the position of the target. */
    public void emitted(StreamRun run, String name, int images, FloatBuffer target) {
        int count = download(run.executor(), name, images);
        target.put(target.position(), values, 0, count);
    }

    /** Writes which spikes each neuron emitted: 0, {@link #POSITIVE}, {@link #NEGATIVE}, or both added. */
    public void spikes(StreamRun run, String name, int images, ByteBuffer target) {
        Layer layer = layer(name);
        int count = download(run.executor(), name, images);
        for (int index = 0; index < count; index++) {
            target.put(target.position() + index, layer.spikes(index, values[index]));
        }
    }

    private int download(Executor executor, String name, int images) {
        int count = count(name, images);
        backend.memory().download(executor.emitted(name), values, 0, count);
        return count;
    }

    private Layer layer(String name) {
        Layer layer = layers.get(name);
        if (layer == null) {
            throw new IllegalArgumentException("no neuron layer '" + name + "'; there are " + layers.keySet());
        }
        return layer;
    }
}
