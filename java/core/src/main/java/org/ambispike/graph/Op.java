package org.ambispike.graph;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Set;

/** One operation of a network on one image; batch and time are added by the executor. */
public sealed interface Op {
    /** The least slope above 0 that a neuron may have. */
    double LEAST_SLOPE = 1e-6;

    /** Whether this is the place where a layer's activation or spikes are made, and so has thresholds. */
    default boolean isNeuron() {
        return this instanceof Activation || this instanceof Spike;
    }

    /** Multiply-accumulates for one image and time step, without sparsity; 0 for what has no weights. */
    default long multiplyAccumulates() {
        return 0;
    }

    /** How many values it reads. */
    default int arity() {
        return 1;
    }

    /**
     * Returns the shape of the value.
     *
     * @param inputs as many as {@link #arity}
     * @throws IllegalArgumentException if the operation does not take such inputs; the message continues "node 'x' "
     */
    default Shape shape(List<Shape> inputs) {
        return inputs.get(0);
    }

    /**
     * Returns its parameters, in order.
     *
     * @param shape of the value
     */
    default List<Parameter> parameters(Shape shape) {
        return List.of();
    }

    /** @param name the last part of the full one, as in {@link Node#parameter} */
    record Parameter(String name, Shape shape) {}

    /** Calls the visitor's method for this operation. */
    <R> R accept(Visitor<R> visitor);

    /** What is done with an operation, by its kind: a new one does not compile until all visitors say what is done with it. */
    interface Visitor<R> {
        R input(Input op);

        R conv2d(Conv2d op);

        R linear(Linear op);

        R averagePool(AveragePool op);

        R maxPool(MaxPool op);

        R resample(Resample op);

        R depthToSpace(DepthToSpace op);

        R add(Add op);

        R concat(Concat op);

        R outputs(Outputs op);

        R batchNorm(BatchNorm op);

        R dropout(Dropout op);

        R activation(Activation op);

        R spike(Spike op);
    }

    /** The image, NHWC without the N. */
    record Input(Shape shape) implements Op {
        @Override
        public int arity() {
            return 0;
        }

        @Override
        public Shape shape(List<Shape> inputs) {
            return shape;
        }

        @Override
        public <R> R accept(Visitor<R> visitor) {
            return visitor.input(this);
        }
    }

    /** Parameters {@code weight} [out, k, k, in / groups] and {@code bias} [out]. */
    record Conv2d(ConvGeometry geometry) implements Op {
        @Override
        public Shape shape(List<Shape> inputs) {
            requireShape(geometry.inputShape(), inputs.get(0));
            return geometry.outputShape();
        }

        @Override
        public List<Parameter> parameters(Shape shape) {
            return List.of(
                    new Parameter("weight", geometry.weightShape()),
                    new Parameter("bias", Shape.of(geometry.outChannels())));
        }

        @Override
        public long multiplyAccumulates() {
            return geometry.multiplyAccumulates();
        }

        @Override
        public <R> R accept(Visitor<R> visitor) {
            return visitor.conv2d(this);
        }
    }

    /** Parameters {@code weight} [outputs, inputs] and {@code bias} [outputs]; flattens its input. */
    record Linear(int inputs, int outputs) implements Op {
        @Override
        public Shape shape(List<Shape> given) {
            Shape shape = given.get(0);
            if (shape.elements() != inputs) {
                throw new IllegalArgumentException(
                        "expects " + inputs + " inputs, gets " + shape + " = " + shape.elements());
            }
            return Shape.of(outputs);
        }

        @Override
        public List<Parameter> parameters(Shape shape) {
            return List.of(
                    new Parameter("weight", Shape.of(outputs, inputs)), new Parameter("bias", Shape.of(outputs)));
        }

        @Override
        public long multiplyAccumulates() {
            return (long) inputs * outputs;
        }

        @Override
        public <R> R accept(Visitor<R> visitor) {
            return visitor.linear(this);
        }
    }

    record AveragePool(PoolGeometry geometry) implements Op {
        @Override
        public Shape shape(List<Shape> inputs) {
            requireShape(geometry.inputShape(), inputs.get(0));
            return geometry.outputShape();
        }

        @Override
        public <R> R accept(Visitor<R> visitor) {
            return visitor.averagePool(this);
        }
    }

    /**
     * The largest value of each window. Through time it passes on what the largest of the summed inputs grew by in a step, which
     * may be negative: the sum over the steps is the largest sum, so that rates tend to what the ANN's neurons compute.
     */
    record MaxPool(MaxPoolGeometry geometry) implements Op {
        @Override
        public Shape shape(List<Shape> inputs) {
            requireShape(geometry.inputShape(), inputs.get(0));
            return geometry.outputShape();
        }

        @Override
        public <R> R accept(Visitor<R> visitor) {
            return visitor.maxPool(this);
        }
    }

    /**
     * The sum of two inputs of equal shape, as at the end of a residual block: of currents where a neuron follows, of
     * activations or spikes where weights do. Both are in the ANN's units.
     */
    record Add() implements Op {
        @Override
        public int arity() {
            return 2;
        }

        @Override
        public Shape shape(List<Shape> inputs) {
            requireShape(inputs.get(0), inputs.get(1));
            return inputs.get(0);
        }

        @Override
        public <R> R accept(Visitor<R> visitor) {
            return visitor.add(this);
        }
    }

    /**
     * A linear map without parameters, along each axis by itself: padding, cropping, resizing, average pools of any form, and
     * channels chosen or put in another order. Values of one dimension have channels alone.
     */
    record Resample(SampledAxis down, SampledAxis across, SampledAxis channels) implements Op {
        @Override
        public Shape shape(List<Shape> inputs) {
            Shape input = inputs.get(0);
            boolean flat = input.rank() == 1 && down.places() == 1 && across.places() == 1;
            requireShape(
                    flat ? Shape.of(channels.extent()) : Shape.of(down.extent(), across.extent(), channels.extent()),
                    input);
            return flat ? Shape.of(channels.places()) : Shape.of(down.places(), across.places(), channels.places());
        }

        /** Whether each value of the result is a copy of one of the input, or 0. */
        public boolean copies() {
            return down.copies() && across.copies() && channels.copies();
        }

        @Override
        public <R> R accept(Visitor<R> visitor) {
            return visitor.resample(this);
        }
    }

    /**
     * Makes blocks of a larger map from the channels of each place: [H, W, down across C] becomes [H down, W across, C], in
     * which row i and column j of a block come from the channels (i across + j) C to (i across + j + 1) C.
     */
    record DepthToSpace(int down, int across) implements Op {
        public DepthToSpace {
            if (down < 1 || across < 1) {
                throw new IllegalArgumentException("blocks have rows and columns, got " + down + "x" + across);
            }
        }

        @Override
        public Shape shape(List<Shape> inputs) {
            Shape input = inputs.get(0);
            long block = (long) down * across;
            if (input.rank() != 3 || input.extent(2) % block != 0) {
                throw new IllegalArgumentException(
                        "expects a map with channels for blocks of " + down + "x" + across + ", gets " + input);
            }
            return Shape.of(
                    Math.multiplyExact(input.extent(0), down), Math.multiplyExact(input.extent(1), across), (int)
                            (input.extent(2) / block));
        }

        @Override
        public <R> R accept(Visitor<R> visitor) {
            return visitor.depthToSpace(this);
        }
    }

    /** The channels of several inputs, one after another; all are in the ANN's units. */
    record Concat(int inputs) implements Op {
        public Concat {
            if (inputs < 1) {
                throw new IllegalArgumentException("a concatenation has inputs, got " + inputs);
            }
        }

        @Override
        public int arity() {
            return inputs;
        }

        @Override
        public Shape shape(List<Shape> shapes) {
            int[] extents = shapes.get(0).toArray();
            for (Shape other : shapes.subList(1, shapes.size())) {
                int[] next = other.toArray();
                if (!Arrays.equals(extents, 0, extents.length - 1, next, 0, next.length - 1)) {
                    throw new IllegalArgumentException("joins channels of unlike maps: " + shapes);
                }
                extents[extents.length - 1] = Math.addExact(extents[extents.length - 1], next[next.length - 1]);
            }
            return Shape.of(extents);
        }

        @Override
        public <R> R accept(Visitor<R> visitor) {
            return visitor.concat(this);
        }
    }

    /**
     * The results of a network that gives several, or a map: all their values one after another. Only the last node may be one;
     * {@link Graph#outputs} says where each lies.
     *
     * @param names of the results, in the order of the inputs
     */
    record Outputs(List<String> names) implements Op {
        public Outputs {
            names = List.copyOf(names);
            if (names.isEmpty() || Set.copyOf(names).size() < names.size()) {
                throw new IllegalArgumentException("results have names of their own, got " + names);
            }
        }

        @Override
        public int arity() {
            return names.size();
        }

        @Override
        public Shape shape(List<Shape> inputs) {
            return Shape.of(
                    Math.toIntExact(inputs.stream().mapToLong(Shape::elements).sum()));
        }

        @Override
        public <R> R accept(Visitor<R> visitor) {
            return visitor.outputs(this);
        }
    }

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

        @Override
        public List<Parameter> parameters(Shape shape) {
            Shape channels = Shape.of(shape.extent(-1));
            return List.of(
                    new Parameter("gamma", channels),
                    new Parameter("beta", channels),
                    new Parameter("mean", channels),
                    new Parameter("variance", channels));
        }

        @Override
        public <R> R accept(Visitor<R> visitor) {
            return visitor.batchNorm(this);
        }
    }

    /** Active in training only. */
    record Dropout(double probability) implements Op {
        public Dropout {
            if (!(probability >= 0 && probability < 1)) {
                throw new IllegalArgumentException("dropout must be in [0, 1), got " + probability);
            }
        }

        @Override
        public <R> R accept(Visitor<R> visitor) {
            return visitor.dropout(this);
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
     * @param slopes one in [0, 1] for each channel, with an alpha of 0; or none, where all channels have alpha
     */
    record Activation(ActivationKind kind, double alpha, int levels, boolean perChannel, List<Double> slopes)
            implements Op, Sloped {
        public Activation {
            slopes = checkedSlopes(alpha, slopes);
            if (kind == ActivationKind.QUANTISED && levels < 1) {
                throw new IllegalArgumentException("a quantised activation needs at least one level, got " + levels);
            }
        }

        /** One slope for all channels. */
        public Activation(ActivationKind kind, double alpha, int levels, boolean perChannel) {
            this(kind, alpha, levels, perChannel, List.of());
        }

        @Override
        public Shape shape(List<Shape> inputs) {
            return requireSlopes(slopes, inputs.get(0));
        }

        @Override
        public List<Parameter> parameters(Shape shape) {
            Shape thresholds = Shape.of(perChannel ? shape.extent(-1) : 1);
            return kind == ActivationKind.LEAKY
                    ? List.of()
                    : List.of(new Parameter("thetaPositive", thresholds), new Parameter("thetaNegative", thresholds));
        }

        @Override
        public <R> R accept(Visitor<R> visitor) {
            return visitor.activation(this);
        }
    }

    /**
     * A spiking neuron: parameters {@code thetaPositive} and {@code thetaNegative}, each [1], or [channels] where
     * {@code perChannel}, and {@code startPositive} and {@code startNegative} [channels], the initial potentials as
     * fractions of P and -N (one half unless calibrated). Where a channel's slope is 0, its N is infinite.
     *
     * @param alpha in [0, 1]; without a slope in any channel only for INTEGRATE_AND_FIRE, MEMORY and GRADED: others would be
     *     the first
     * @param quanta the most quanta of one spike, 1 unless spikes are augmented: how many thresholds the membrane holds
     * @param slopes one in [0, 1] for each channel, with an alpha of 0; or none, where all channels have alpha
     * @param gains for how many of the first steps there are {@code gains} [gains] and {@code stepBias} [gains, channels], added
     *     to the drive; 0 unless GRADED
     */
    record Spike(NeuronModel model, double alpha, boolean perChannel, int quanta, List<Double> slopes, int gains)
            implements Op, Sloped {
        /** Spikes of one quantum, one slope for all channels. */
        public Spike(NeuronModel model, double alpha, boolean perChannel) {
            this(model, alpha, perChannel, 1);
        }

        /** One slope for all channels. */
        public Spike(NeuronModel model, double alpha, boolean perChannel, int quanta) {
            this(model, alpha, perChannel, quanta, List.of());
        }

        /** No gains by step. */
        public Spike(NeuronModel model, double alpha, boolean perChannel, int quanta, List<Double> slopes) {
            this(model, alpha, perChannel, quanta, slopes, 0);
        }

        public Spike {
            model.requireQuanta(quanta);
            model.requireGains(gains);
            slopes = checkedSlopes(alpha, slopes);
            if (alpha == 0 && slopes.stream().allMatch(slope -> slope == 0) && !model.worksRectified()) {
                throw new IllegalArgumentException("a " + model + " neuron needs a slope alpha above 0, for N is"
                        + " thetaN / alpha; with 0 it is INTEGRATE_AND_FIRE, or MEMORY");
            }
        }

        @Override
        public Shape shape(List<Shape> inputs) {
            return requireSlopes(slopes, inputs.get(0));
        }

        @Override
        public List<Parameter> parameters(Shape shape) {
            Shape channels = Shape.of(shape.extent(-1));
            Shape thresholds = perChannel ? channels : Shape.of(1);
            List<Parameter> parameters = new ArrayList<>(List.of(
                    new Parameter("thetaPositive", thresholds),
                    new Parameter("thetaNegative", thresholds),
                    new Parameter("startPositive", channels),
                    new Parameter("startNegative", channels)));
            if (gains > 0) {
                parameters.add(new Parameter("gains", Shape.of(gains)));
                parameters.add(new Parameter("stepBias", Shape.of(gains, channels.extent(0))));
            }
            return parameters;
        }

        @Override
        public <R> R accept(Visitor<R> visitor) {
            return visitor.spike(this);
        }
    }

    private static void requireShape(Shape expected, Shape actual) {
        if (!expected.equals(actual)) {
            throw new IllegalArgumentException("expects an input of shape " + expected + ", gets " + actual);
        }
    }

    private static Shape requireSlopes(List<Double> slopes, Shape shape) {
        if (!slopes.isEmpty() && slopes.size() != shape.extent(-1)) {
            throw new IllegalArgumentException(
                    "has " + slopes.size() + " slopes, expected one for each channel, gets " + shape);
        }
        return shape;
    }

    private static List<Double> checkedSlopes(double alpha, List<Double> slopes) {
        requireSlope(alpha);
        slopes.forEach(Op::requireSlope);
        if (!slopes.isEmpty() && alpha != 0) {
            throw new IllegalArgumentException("where channels have slopes of their own alpha must be 0, got " + alpha);
        }
        return List.copyOf(slopes);
    }

    /** @throws IllegalArgumentException for slopes too, of which thetaN / alpha would not be a float */
    private static void requireSlope(double slope) {
        if (!(slope == 0 || slope >= LEAST_SLOPE && slope <= 1)) {
            throw new IllegalArgumentException(
                    "the slope alpha must be 0, or from " + LEAST_SLOPE + " to 1; got " + slope);
        }
    }
}
