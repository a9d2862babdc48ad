package org.ambispike.calibrate;

import org.ambispike.backend.Backend;
import org.ambispike.backend.DeviceBuffer;
import org.ambispike.backend.RateLoss;
import org.ambispike.exec.Executor;
import org.ambispike.graph.Node;

/** One layer's rates against the ANN's activations. Used by the backend's thread. */
final class LayerLoss implements AutoCloseable {
    /** Of the generalised KL, relative to nothing: activations are of the order of 1. */
    private static final double EPSILON = 1e-2;

    private final Backend backend;
    private final Executor teacher;
    private final DeviceBuffer result;
    private final double[] values = new double[2];

    /** @param teacher planned with rates, for at least the students' batch; the caller's */
    LayerLoss(Backend backend, Executor teacher) {
        this.backend = backend;
        this.teacher = teacher;
        this.result = backend.allocate("layer loss", 2L * Double.BYTES);
    }

    /** Writes the gradient of the layer's rates, and gives the weighted loss. */
    double apply(RateLoss kind, Executor student, Node neuron, double weight) {
        backend.rateLoss(
                kind,
                student.rate(neuron.name()),
                teacher.rate(neuron.name()),
                student.rateGradient(neuron.name()),
                result,
                student.scratch(),
                student.neurons(neuron),
                EPSILON,
                weight);
        backend.download(result, values);
        return weight * values[0];
    }

    @Override
    public void close() {
        result.close();
    }
}
