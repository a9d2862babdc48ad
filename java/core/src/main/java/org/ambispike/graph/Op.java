package org.ambispike.graph;

/** One operation of a network on one image; batch and time are added by the executor. */
public sealed interface Op {
    /** Whether this is the place where a layer's activation or spikes are made, and so has thresholds. */
    default boolean isNeuron() {
        return this instanceof Activation || this instanceof Spike;
    }

    /** Multiply-accumulates for one image and time step, without sparsity; 0 for what has no weights. */
    default long multiplyAccumulates() {
        return 0;
    }

    /** The image, NHWC without the N. */
    record Input(Shape shape) implements Op {}

    /** Parameters {@code weight} [out, k, k, in] and {@code bias} [out]. */
    record Conv2d(ConvGeometry geometry) implements Op {
        @Override
        public long multiplyAccumulates() {
            return geometry.multiplyAccumulates();
        }
    }

    /** Parameters {@code weight} [outputs, inputs] and {@code bias} [outputs]; flattens its input. */
    record Linear(int inputs, int outputs) implements Op {
        @Override
        public long multiplyAccumulates() {
            return (long) inputs * outputs;
        }
    }

    record AveragePool(PoolGeometry geometry) implements Op {}

    /**
     * The sum of two inputs of equal shape, as at the end of a residual block: of currents where a neuron follows, of
     * activations or spikes where weights do. Both are in the ANN's units.
     */
    record Add() implements Op {}

    /**
     * Batch normalisation by channel (Ioffe and Szegedy, 2015): gamma (x - mean) / sqrt(variance + epsilon) + beta, with
     * the statistics of the batch in training, and the running ones else. Parameters {@code gamma}, {@code beta},
     * {@code mean} and {@code variance}, each [channels].
     *
     * @param epsilon above 0
     * @param momentum share of a batch's statistics in the running ones, in [0, 1]
     */
    record BatchNorm(double epsilon, double momentum) implements Op {
        public BatchNorm {
            if (!(epsilon > 0 && epsilon < Double.POSITIVE_INFINITY)) {
                throw new IllegalArgumentException("a batch normalisation needs an epsilon above 0, got " + epsilon);
            }
            if (!(momentum >= 0 && momentum <= 1)) {
                throw new IllegalArgumentException(
                        "the momentum of a batch normalisation must be in [0, 1], got " + momentum);
            }
        }
    }

    /** Active in training only. */
    record Dropout(double probability) implements Op {
        public Dropout {
            if (!(probability >= 0 && probability < 1)) {
                throw new IllegalArgumentException("dropout must be in [0, 1), got " + probability);
            }
        }
    }

    /** What an ANN neuron computes from its drive. */
    enum ActivationKind {
        /** f(x) = x for x &gt; 0, alpha x otherwise (eq. 10); plain ReLU where alpha is 0. */
        LEAKY,
        /** clip(f(x), -thetaN, +thetaP) (eq. 24). */
        CLIPPED,
        /** f(x) clipped and rounded to {@code levels} steps of each threshold. */
        QUANTISED
    }

    /**
     * An ANN neuron. Unless LEAKY it has the parameters {@code thetaPositive} and {@code thetaNegative}, each [1], or
     * [channels] where {@code perChannel}.
     *
     * @param alpha slope below 0, in [0, 1]; with 0 thetaN has no effect
     * @param levels steps between 0 and a threshold; only read for QUANTISED
     */
    record Activation(ActivationKind kind, double alpha, int levels, boolean perChannel) implements Op {
        public Activation {
            requireSlope(alpha);
            if (kind == ActivationKind.QUANTISED && levels < 1) {
                throw new IllegalArgumentException("a quantised activation needs at least one level, got " + levels);
            }
        }
    }

    /**
     * A spiking neuron: parameters {@code thetaPositive} and {@code thetaNegative}, each [1], or [channels] where
     * {@code perChannel}, and {@code startPositive} and {@code startNegative} [channels], the initial potentials as
     * fractions of P and -N (one half unless calibrated).
     *
     * @param alpha in (0, 1]; 0, where N is infinite, only for INTEGRATE_AND_FIRE
     * @param quanta the most quanta of one spike, 1 unless spikes are augmented: how many thresholds the membrane holds
     */
    record Spike(NeuronModel model, double alpha, boolean perChannel, int quanta) implements Op {
        /** Spikes of one quantum. */
        public Spike(NeuronModel model, double alpha, boolean perChannel) {
            this(model, alpha, perChannel, 1);
        }

        public Spike {
            model.requireQuanta(quanta);
            requireSlope(alpha);
            if (alpha == 0 && model != NeuronModel.INTEGRATE_AND_FIRE) {
                throw new IllegalArgumentException("a " + model + " neuron needs a slope alpha above 0, for N is"
                        + " thetaN / alpha; with 0 it is INTEGRATE_AND_FIRE");
            }
        }
    }

    private static void requireSlope(double alpha) {
        if (!(alpha >= 0 && alpha <= 1)) {
            throw new IllegalArgumentException("the slope alpha must be in [0, 1], got " + alpha);
        }
    }
}
