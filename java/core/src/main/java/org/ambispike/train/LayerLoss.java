package org.ambispike.train;

import java.util.Optional;
import org.ambispike.backend.Backend;
import org.ambispike.backend.DeviceBuffer;
import org.ambispike.backend.RateBuffers;
import org.ambispike.common.RateLoss;
import org.ambispike.exec.Executor;
import org.ambispike.graph.Node;

/** One layer's rates against the ANN's activations. Used by the backend's thread. */
final class LayerLoss {
    /** The floor of the generalised KL, relative to nothing: activations are of the order of 1. */
    private static final double EPSILON = 1e-2;

    /**
     * How much it counts.
     *
     * @param factor on the weight in each step, if that changes; [1]
     */
    record Weight(double weight, Optional<StepScalar> factor) {
        DeviceBuffer factorBuffer() {
            return factor.map(StepScalar::buffer).orElse(DeviceBuffer.absent());
        }

        double now() {
            return factor.map(number -> number.get(0) * weight).orElse(weight);
        }
    }

    private final Backend backend;
    private final Executor teacher;
    private final RateLoss kind;
    private final Node neuron;
    private final Weight weight;
    private final StepScalar result;

    /** @param teacher planned with rates, for at least the students' batch; the caller's */
    LayerLoss(Backend backend, Executor teacher, RateLoss kind, Node neuron, Weight weight, StepScalars numbers) {
        this.backend = backend;
        this.teacher = teacher;
        this.kind = kind;
        this.neuron = neuron;
        this.weight = weight;
        this.result = numbers.result(neuron.name() + " loss", 2);
    }

    /** Writes the gradient of the layer's rates. */
    void apply(Executor student) {
        backend.training()
                .rateLoss(
                        kind,
                        new RateBuffers(
                                student.rate(neuron.name()),
                                teacher.rate(neuron.name()),
                                weight.factorBuffer(),
                                student.rateGradient(neuron.name()),
                                result.buffer()),
                        student.scratch(),
                        student.neurons(neuron),
                        EPSILON,
                        weight.weight());
    }

    /** The weighted loss of the step, once its numbers are there. */
    double value() {
        return weight.now() * result.get(0);
    }
}
