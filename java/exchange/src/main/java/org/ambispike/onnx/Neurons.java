package org.ambispike.onnx;

import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.function.IntPredicate;
import java.util.stream.IntStream;
import org.ambispike.graph.Op;

/** Adds activations to a graph: of any slopes that do not fall, with thresholds or without. */
final class Neurons {
    /** Slopes that differ by less were one before they were computed as floats. */
    private static final double ROUNDING = 1e-6;

    private Neurons() {}

    /** @param alpha slopes below 0, by channel, in [0, 1] */
    private static Op.Activation leaky(double[] alpha) {
        boolean uniform = Arrays.stream(alpha).allMatch(slope -> Math.abs(slope - alpha[0]) <= ROUNDING * alpha[0]);
        List<Double> slopes = uniform ? List.of() : Arrays.stream(alpha).boxed().toList();
        return new Op.Activation(Op.ActivationKind.LEAKY, uniform ? alpha[0] : 0, 0, false, slopes);
    }

    private static Op.Activation clipped(Op.Activation activation) {
        return new Op.Activation(Op.ActivationKind.CLIPPED, activation.alpha(), 0, false, activation.slopes());
    }

    /**
     * x above 0, alpha x below.
     *
     * @param alpha by channel
     * @throws Refusal naming the channel, if a slope is negative
     */
    static String activation(GraphBuilder graph, String name, String node, double[] alpha) {
        if (Arrays.stream(alpha).allMatch(slope -> slope >= 0 && slope <= 1)) {
            String output = graph.append(name, leaky(alpha), List.of(node));
            graph.define(output, graph.slopes(node).activated(alpha));
            return output;
        }
        Slopes identity = Slopes.identity(node, alpha.length);
        return sloped(graph, name, new Slopes(node, identity.positive(), alpha));
    }

    /** What a function of two slopes comes to, with as few nodes as it takes. */
    static String sloped(GraphBuilder graph, String name, Slopes slopes) {
        if (slopes.isIdentity()) {
            return slopes.base();
        }
        if (slopes.isLinear()) {
            return scaled(graph, name, slopes.base(), slopes.positive());
        }
        double[] above = slopes.positive();
        double[] below = slopes.negative();
        if (all(above, channel -> above[channel] <= 0 && below[channel] <= 0)) {
            String opposite = sloped(graph, name + ".opposite", slopes.map(slope -> -slope));
            return scaled(graph, name, opposite, constant(above.length, -1));
        }
        requireMonotone(slopes);
        if (all(above, channel -> below[channel] <= above[channel])) {
            double[] alpha = quotients(below, above);
            return scaled(graph, name + ".scale", activation(graph, name, slopes.base(), alpha), above);
        }
        String mirrored = scaled(graph, name + ".mirrored", slopes.base(), constant(above.length, -1));
        if (all(above, channel -> above[channel] <= below[channel])) {
            String output = activation(graph, name, mirrored, quotients(above, below));
            return scaled(graph, name + ".scale", output, negated(below));
        }
        String positive = activation(graph, name, slopes.base(), new double[above.length]);
        String negative = activation(graph, name + ".below", mirrored, new double[above.length]);
        return graph.append(
                name + ".sum",
                new Op.Add(),
                List.of(
                        scaled(graph, name + ".scale", positive, above),
                        scaled(graph, name + ".below.scale", negative, negated(below))));
    }

    private static void requireMonotone(Slopes slopes) {
        for (int channel = 0; channel < slopes.positive().length; channel++) {
            double above = slopes.positive()[channel];
            double below = slopes.negative()[channel];
            if (!(above >= 0 && below >= 0 && above + below < Double.POSITIVE_INFINITY)) {
                throw new Refusal("its slopes of channel " + channel + " are " + above + " above 0 and " + below
                        + " below; spiking neurons need slopes that are not negative: train with them clamped at 0");
            }
        }
    }

    private static boolean all(double[] values, IntPredicate test) {
        return IntStream.range(0, values.length).allMatch(test);
    }

    private static double[] constant(int channels, double value) {
        double[] values = new double[channels];
        Arrays.fill(values, value);
        return values;
    }

    private static double[] negated(double[] values) {
        return Arrays.stream(values).map(value -> -value).toArray();
    }

    private static double[] quotients(double[] first, double[] second) {
        double[] result = new double[first.length];
        Arrays.setAll(result, channel -> second[channel] == 0 ? 0 : first[channel] / second[channel]);
        return result;
    }

    private static String scaled(GraphBuilder graph, String name, String node, double[] scale) {
        boolean same = Arrays.stream(scale).allMatch(factor -> factor == 1);
        return same ? node : graph.affine(name, node, true, scale, new double[scale.length]);
    }

    /**
     * The value between two bounds, one of which may be infinite: thresholds of an activation, or activations of shifted values.
     *
     * @param shared whether another reads the node, so that it must stay as it is
     */
    static String clip(GraphBuilder graph, String name, String node, boolean shared, double low, double high) {
        if (!(low < high)) {
            throw new Refusal("its bounds are " + low + " and " + high + ", which leave one value or none");
        }
        int channels = graph.shape(node).extent(-1);
        Optional<Op.Activation> before = graph.unclipped(node, shared);
        boolean rectified = before.isPresent()
                && before.get().alpha() == 0
                && before.get().slopes().isEmpty();
        if (low == Double.NEGATIVE_INFINITY && high == Double.POSITIVE_INFINITY
                || rectified && low <= 0 && Double.isInfinite(high)) {
            return node;
        }
        if (high > 0 && (low == 0 || low < 0 && rectified)) {
            String output = before.isPresent() ? node : activation(graph, name, node, new double[channels]);
            if (before.isPresent() && !rectified) {
                graph.replace(output, leaky(new double[channels]));
            }
            if (!Double.isInfinite(high)) {
                graph.clip(output, clipped((Op.Activation) graph.node(output).op()), high, high);
            }
            return output;
        }
        if (low < 0 && high > 0 && !Double.isInfinite(low) && !Double.isInfinite(high)) {
            String output = before.isPresent() ? node : activation(graph, name, node, constant(channels, 1));
            graph.clip(output, clipped((Op.Activation) graph.node(output).op()), high, -low);
            return output;
        }
        return shifted(graph, name, node, shared, low, high);
    }

    /** low + clip(x - low, 0, high - low), or high - relu(high - x). */
    private static String shifted(
            GraphBuilder graph, String name, String node, boolean shared, double low, double high) {
        int channels = graph.shape(node).extent(-1);
        boolean below = low != Double.NEGATIVE_INFINITY;
        double[] sign = constant(channels, below ? 1 : -1);
        String moved = graph.affine(name + ".shift", node, shared, sign, constant(channels, below ? -low : high));
        String output = activation(graph, name, moved, new double[channels]);
        if (below && !Double.isInfinite(high)) {
            graph.clip(output, clipped((Op.Activation) graph.node(output).op()), high - low, high - low);
        }
        return graph.affine(name + ".back", output, true, sign, constant(channels, below ? low : high));
    }
}
