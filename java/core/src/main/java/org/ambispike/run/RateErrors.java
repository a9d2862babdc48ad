package org.ambispike.run;

import java.util.LinkedHashMap;
import java.util.Map;
import org.ambispike.backend.Backend;
import org.ambispike.backend.DeviceBuffer;
import org.ambispike.backend.RateBuffers;
import org.ambispike.common.RateLoss;
import org.ambispike.graph.Node;

/** Compares the firing rates of each batch with the activations of the ANN; a batch that is not full is left out. */
final class RateErrors implements PassObserver, AutoCloseable {
    private final Backend backend;
    private final DataPass ann;
    private final DeviceBuffer result;
    private final double[] values = new double[2];
    private final Map<String, Double> squaredErrors = new LinkedHashMap<>();
    private final Map<String, Double> squares = new LinkedHashMap<>();

    /** @param ann of the same batch, with rates; stays the caller's */
    RateErrors(Backend backend, DataPass ann) {
        this.backend = backend;
        this.ann = ann;
        this.result = backend.memory().allocate("comparison", 2L * Double.BYTES);
    }

    @Override
    public void batch(PassResult snn) {
        if (!snn.isFull()) {
            return;
        }
        PassResult teacher = ann.run(snn.images(), snn.count());
        for (Node neuron : snn.graph().neurons()) {
            backend.training()
                    .rateLoss(
                            RateLoss.MSE,
                            new RateBuffers(
                                    snn.rate(neuron),
                                    teacher.rate(neuron),
                                    DeviceBuffer.absent(),
                                    DeviceBuffer.absent(),
                                    result),
                            snn.scratch(),
                            snn.neurons(neuron),
                            0,
                            1);
            backend.memory().download(result, values);
            squaredErrors.merge(neuron.name(), values[0] * values[1], Double::sum);
            squares.merge(neuron.name(), values[1], Double::sum);
        }
    }

    /** By layer: the root of the squared difference over the ANN's sum of squares. */
    Map<String, Double> relative() {
        Map<String, Double> errors = new LinkedHashMap<>();
        squaredErrors.forEach((layer, sum) -> errors.put(layer, Math.sqrt(sum / squares.get(layer))));
        return errors;
    }

    @Override
    public void close() {
        result.close();
    }
}
