package org.ambispike.onnx;

import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.ambispike.graph.ConvGeometry;
import org.ambispike.graph.Shape;
import org.ambispike.onnx.Operator.Reading;
import org.ambispike.onnx.Value.Signal;

/** What has weights, and what is folded into them. */
final class LinearOperators {
    private LinearOperators() {}

    static Reading convolution(OnnxNode node, Scope scope, GraphBuilder graph) {
        node.allowAttributes("auto_pad", "dilations", "group", "kernel_shape", "pads", "strides");
        node.allowInputs(3);
        Signal input = spatial(node, scope);
        OnnxTensor weight = scope.constant(node, 1);
        if (weight.extents().size() != 4) {
            throw new Refusal("its weights are " + weight.extents() + ", expected [out, in, height, width]");
        }
        int outputs = weight.extents().get(0);
        List<Integer> kernel = weight.extents().subList(2, 4);
        long groups = node.integer("group", 1);
        if (groups < 1 || outputs % groups != 0) {
            throw new Refusal("its group " + groups + " does not divide its " + outputs + " outputs");
        }
        if (weight.extents().get(1) * groups != input.channels()) {
            throw new Refusal("its weights " + weight.extents() + " do not fit to an input of " + input.channels()
                    + " channels" + (groups == 1 ? "" : " in " + groups + " groups"));
        }
        if (node.integers("kernel_shape").isPresent()
                && !Windows.kernelShape(node).equals(kernel)) {
            throw new Refusal("its kernel_shape is not that of its weights " + weight.extents());
        }
        Windows windows = Windows.of(node, input.shape(), kernel);
        Windows.Square square = windows.square(input.shape());
        ConvGeometry geometry = new ConvGeometry(
                input.shape().extent(0),
                input.shape().extent(1),
                input.channels(),
                outputs,
                square.kernel(),
                windows.stride(),
                square.padding(),
                (int) groups);
        double[] bias = bias(scope.optional(node, 2), outputs, 1);
        Signal output = graph.convolution(node.name(), input, geometry, laidOut(weight, square), bias);
        boolean plain = windows.kernelHeight() == square.kernel() && windows.kernelWidth() == square.kernel();
        String note = "convolution " + square.kernel() + "x" + square.kernel() + " to " + outputs + " channels"
                + (groups == 1 ? "" : " in " + groups + " groups");
        return Reading.converted(output, plain ? note : note + ", with zeros around its kernel to make it square");
    }

    /** Lays out [out, in / groups, kh, kw] as [out, k, k, in / groups]. */
    private static double[] laidOut(OnnxTensor weight, Windows.Square square) {
        int outputs = weight.extents().get(0);
        int inputs = weight.extents().get(1);
        int height = weight.extents().get(2);
        int width = weight.extents().get(3);
        int kernel = square.kernel();
        double[] values = new double
                [Math.toIntExact(Shape.of(outputs, kernel, kernel, inputs).elements())];
        int source = 0;
        for (int out = 0; out < outputs; out++) {
            for (int in = 0; in < inputs; in++) {
                for (int row = square.row(); row < square.row() + height; row++) {
                    for (int column = square.column(); column < square.column() + width; column++) {
                        values[((out * kernel + row) * kernel + column) * inputs + in] = weight.values()[source++];
                    }
                }
            }
        }
        return values;
    }

    static Reading gemm(OnnxNode node, Scope scope, GraphBuilder graph) {
        node.allowAttributes("alpha", "beta", "transA", "transB");
        node.allowInputs(3);
        if (node.integer("transA", 0) != 0) {
            throw new Refusal("it transposes its input (transA)");
        }
        boolean transposed = node.integer("transB", 0) != 0;
        return linear(node, scope, graph, transposed, node.real("alpha", 1));
    }

    static Reading matMul(OnnxNode node, Scope scope, GraphBuilder graph) {
        node.allowAttributes();
        node.allowInputs(2);
        return linear(node, scope, graph, false, 1);
    }

    private static Reading linear(OnnxNode node, Scope scope, GraphBuilder graph, boolean transposed, double alpha) {
        Signal input = scope.signal(node, 0);
        if (input.spatial()) {
            throw new Refusal("it reads maps " + input.shape() + ", expected what Flatten gives");
        }
        OnnxTensor matrix = scope.constant(node, 1);
        int inputs = Math.toIntExact(input.shape().elements());
        if (matrix.extents().size() != 2 || matrix.extents().get(transposed ? 1 : 0) != inputs) {
            throw new Refusal("its matrix " + matrix.extents() + " does not fit to " + inputs + " inputs");
        }
        int outputs = matrix.extents().get(transposed ? 0 : 1);
        double[] weight = new double[matrix.values().length];
        for (int out = 0; out < outputs; out++) {
            for (int in = 0; in < inputs; in++) {
                int source = transposed ? out * inputs + in : in * outputs + out;
                weight[out * inputs + position(in, input)] = alpha * matrix.values()[source];
            }
        }
        double[] bias = bias(scope.optional(node, 2), outputs, node.real("beta", 1));
        Signal output = graph.linear(node.name(), input, weight, bias);
        String order = input.area() > 1 ? ", its inputs reordered from C, H, W to H, W, C" : "";
        return Reading.converted(output, "linear layer to " + outputs + order);
    }

    /** Of a feature in the order of C, H, W: its place in that of H, W, C. */
    private static int position(int feature, Signal signal) {
        int area = signal.area();
        return feature % area * signal.channels() + feature / area;
    }

    private static double[] bias(Optional<OnnxTensor> given, int outputs, double beta) {
        double[] bias = new double[outputs];
        if (given.isPresent()) {
            OnnxTensor tensor = given.get();
            boolean row = tensor.extents().stream()
                    .limit(Math.max(0, tensor.extents().size() - 1L))
                    .allMatch(e -> e == 1);
            if (!row || tensor.values().length != outputs && tensor.values().length != 1) {
                throw new Refusal("its bias " + tensor.extents() + " does not fit to " + outputs + " outputs");
            }
            Arrays.setAll(bias, out -> beta * tensor.values()[tensor.values().length == 1 ? 0 : out]);
        }
        return bias;
    }

    static Reading batchNormalisation(OnnxNode node, Scope scope, GraphBuilder graph) {
        node.allowAttributes("epsilon", "momentum", "training_mode");
        node.allowInputs(5);
        if (node.integer("training_mode", 0) != 0) {
            throw new Refusal("it is in training mode; export the network for inference");
        }
        Signal input = scope.signal(node, 0);
        double[] scale = new double[input.channels()];
        double[] shift = new double[input.channels()];
        double[] gamma = byChannel(node, scope, 1, input);
        double[] beta = byChannel(node, scope, 2, input);
        double[] mean = byChannel(node, scope, 3, input);
        double[] variance = byChannel(node, scope, 4, input);
        double epsilon = node.real("epsilon", 1e-5);
        for (int channel = 0; channel < scale.length; channel++) {
            scale[channel] = gamma[channel] / Math.sqrt(variance[channel] + epsilon);
            shift[channel] = beta[channel] - mean[channel] * scale[channel];
        }
        return affine(node, graph, input, scale, shift);
    }

    private static double[] byChannel(OnnxNode node, Scope scope, int index, Signal input) {
        double[] values = scope.constant(node, index).values();
        if (values.length != input.channels() || input.flat() && input.area() > 1) {
            throw new Refusal("its input " + index + " has " + values.length + " values for " + input.channels()
                    + " channels" + (input.flat() ? " of a flattened input" : ""));
        }
        return values;
    }

    /** scale x + shift. */
    static Reading affine(OnnxNode node, GraphBuilder graph, Signal input, double[] scale, double[] shift) {
        boolean folded = graph.folds(input);
        Signal output = graph.affine(node.name(), input, scale, shift);
        return folded
                ? Reading.folded(output, "into " + output.node())
                : Reading.converted(
                        output, "layer with a diagonal matrix, for it follows none that it can be folded into");
    }

    /** @throws Refusal unless the first input is [N, C, H, W] */
    static Signal spatial(OnnxNode node, Scope scope) {
        Signal input = scope.signal(node, 0);
        if (!input.spatial()) {
            throw new Refusal("it reads [N, " + input.shape().elements() + "], expected [N, C, H, W]");
        }
        return input;
    }
}
