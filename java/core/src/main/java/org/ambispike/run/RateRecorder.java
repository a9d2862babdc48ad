package org.ambispike.run;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.ambispike.backend.Backend;
import org.ambispike.exec.Executor;
import org.ambispike.graph.Graph;
import org.ambispike.graph.HostTensor;
import org.ambispike.graph.Node;
import org.ambispike.graph.Shape;

/** Collects what the neurons of a run emitted, also of images that left it early. */
public final class RateRecorder {
    /**
     * Makes what a caller wants of one layer.
     *
     * @param <R> for example a record
     */
    public interface Result<R> {
        /**
         * Makes one.
         *
         * @param positive positive spikes per neuron and step
         * @param negative negative spikes per neuron and step
         * @param emitted [images, H, W, C], the mean over the steps
         */
        R of(String layer, double positive, double negative, HostTensor emitted);
    }

    /**
     * One layer.
     *
     * @param shape of one image's neurons
     * @param sums [batch, neurons] of the emitted values over the steps
     */
    private record Layer(String name, Shape shape, float[] sums) {
        int neurons() {
            return Math.toIntExact(shape.elements());
        }
    }

    private final Backend backend;
    private final Layer[] layers;
    private final float[] rows;

    RateRecorder(Backend backend, Graph graph, int batch) {
        this.backend = backend;
        List<Layer> made = new ArrayList<>();
        int widest = 0;
        for (Node neuron : graph.neurons()) {
            Shape shape = graph.shape(neuron.name());
            int length = Math.toIntExact(Math.multiplyExact(batch, shape.elements()));
            made.add(new Layer(neuron.name(), shape, new float[length]));
            widest = Math.max(widest, length);
        }
        this.layers = made.toArray(Layer[]::new);
        this.rows = new float[widest];
    }

    /** Takes over the sums of all images that an executor holds. */
    void harvest(Executor executor, int[] origin, int active) {
        for (Layer layer : layers) {
            int neurons = layer.neurons();
            backend.memory().download(executor.rate(layer.name()), rows, 0, active * neurons);
            for (int row = 0; row < active; row++) {
                System.arraycopy(rows, row * neurons, layer.sums(), origin[row] * neurons, neurons);
            }
        }
    }

    /**
     * The rates of a run.
     *
     * @param last the executor that ended it and has its counts
     * @param timeSteps of each image
     */
    <R> List<R> rates(Executor last, int[] timeSteps, int images, Result<R> result) {
        long steps = Arrays.stream(timeSteps, 0, images).sum();
        long[] counts = new long[2];
        List<R> rates = new ArrayList<>();
        for (Layer layer : layers) {
            backend.memory().download(last.counts(layer.name()), counts);
            double chances = (double) steps * layer.neurons();
            rates.add(result.of(
                    layer.name(), counts[0] / chances, counts[1] / chances, emitted(layer, timeSteps, images)));
        }
        return rates;
    }

    private static HostTensor emitted(Layer layer, int[] timeSteps, int images) {
        int neurons = layer.neurons();
        float[] means = new float[images * neurons];
        for (int image = 0; image < images; image++) {
            float factor = 1f / timeSteps[image];
            for (int index = image * neurons; index < (image + 1) * neurons; index++) {
                means[index] = layer.sums()[index] * factor;
            }
        }
        int[] extents = new int[layer.shape().rank() + 1];
        extents[0] = images;
        System.arraycopy(layer.shape().toArray(), 0, extents, 1, layer.shape().rank());
        return new HostTensor(Shape.of(extents), means);
    }
}
