package org.ambispike.support;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.LinkedHashMap;
import java.util.Map;
import org.ambispike.backend.Backend;
import org.ambispike.backend.DeviceBuffer;
import org.ambispike.backend.cpu.CpuBackend;
import org.ambispike.common.Precision;
import org.ambispike.exec.ExecutionOptions;
import org.ambispike.exec.Executor;
import org.ambispike.exec.ParameterStore;
import org.ambispike.graph.Graph;
import org.ambispike.graph.Network;
import org.ambispike.graph.Node;
import org.ambispike.graph.Weights;

/** What networks answer, and what their layers do. */
public final class Logits {
    private Logits() {}

    /**
     * The logits after all steps.
     *
     * @param images [count, H, W, C]
     * @return [count, classes]
     */
    public static float[] of(Graph graph, Weights weights, float[] images, int timeSteps) {
        int count = images.length / Math.toIntExact(graph.inputShape().elements());
        try (Backend backend = CpuBackend.open(Precision.F32, 1)) {
            return on(backend, graph, weights, ExecutionOptions.inference(count, timeSteps), images, 1);
        }
    }

    /** The logits on a backend after as many passes. */
    public static float[] on(
            Backend backend, Graph graph, Weights weights, ExecutionOptions options, float[] images, int passes) {
        try (ParameterStore store = ParameterStore.create(backend, graph, weights, false);
                Executor executor = Executor.plan(backend, graph, store, options)) {
            executor.input(images, options.batch());
            for (int pass = 0; pass < passes; pass++) {
                executor.forward();
            }
            return download(backend, executor.finalLogits(), (long) options.batch() * graph.classes());
        }
    }

    /** All of a buffer. */
    public static float[] download(Backend backend, DeviceBuffer source) {
        return download(backend, source, source.floats());
    }

    /** What a buffer begins with; those of executors may be longer than their values. */
    public static float[] download(Backend backend, DeviceBuffer source, long count) {
        float[] values = new float[Math.toIntExact(count)];
        backend.memory().download(source, values, 0, values.length);
        return values;
    }

    /**
     * The firing rates of each neuron layer after all steps; of an ANN its activations.
     *
     * @param images [count, H, W, C]
     * @return by name, [count, H, W, C]
     */
    public static Map<String, float[]> rates(Graph graph, Weights weights, float[] images, int timeSteps) {
        int count = images.length / Math.toIntExact(graph.inputShape().elements());
        ExecutionOptions options = ExecutionOptions.inference(count, timeSteps).withRates();
        Map<String, float[]> rates = new LinkedHashMap<>();
        try (Backend backend = CpuBackend.open(Precision.F32, 1);
                ParameterStore store = ParameterStore.create(backend, graph, weights, false);
                Executor executor = Executor.plan(backend, graph, store, options)) {
            executor.input(images, count);
            executor.forward();
            for (Node neuron : graph.neurons()) {
                rates.put(neuron.name(), download(backend, executor.rate(neuron.name()), executor.neurons(neuron)));
            }
        }
        return rates;
    }

    /** The distance of two arrays over the size of the second, both as Euclidean norms. */
    public static double relativeError(float[] actual, float[] expected) {
        double error = 0;
        double size = 0;
        for (int index = 0; index < actual.length; index++) {
            error += Math.pow(actual[index] - expected[index], 2);
            size += Math.pow(expected[index], 2);
        }
        return Math.sqrt(error / size);
    }

    /**
     * Fails unless the logits tend to those of the ANN that the network tends to: the relative error of four times the steps is
     * near a quarter.
     *
     * @param timeSteps after which the error is within 0.1% and 30%
     */
    public static void assertTendToTheAnns(Network snn, Network ann, float[] images, int timeSteps) {
        float[] limit = of(ann.graph(), ann.weights(), images, 1);
        double few = relativeError(of(snn.graph(), snn.weights(), images, timeSteps), limit);
        double many = relativeError(of(snn.graph(), snn.weights(), images, 4 * timeSteps), limit);
        assertThat(few).isBetween(0.001, 0.3);
        assertThat(many / few).isLessThan(0.35);
    }

    /** The mean distance of two arrays over the mean size of the second. */
    public static double meanError(float[] actual, float[] expected) {
        double error = 0;
        double size = 0;
        for (int index = 0; index < actual.length; index++) {
            error += Math.abs(actual[index] - expected[index]);
            size += Math.abs(expected[index]);
        }
        return error / size;
    }
}
