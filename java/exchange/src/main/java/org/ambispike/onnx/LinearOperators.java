package org.ambispike.onnx;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;
import org.ambispike.graph.ConvGeometry;
import org.ambispike.graph.SampledAxis.Window;
import org.ambispike.graph.Shape;
import org.ambispike.onnx.Operator.Reading;
import org.ambispike.onnx.Value.Constant;
import org.ambispike.onnx.Value.Signal;
import org.ambispike.onnx.View.Part;

/** Matrix multiplication and batch normalisation. */
final class LinearOperators {
    private static final int MOST_OF_MATRIX_ALONG_A_MAP = 1 << 20;

    private LinearOperators() {}

    /** A matrix of the file: of outputs by inputs, however it is stored. */
    private record Matrix(OnnxTensor tensor, boolean outputsFirst, double scale) {
        int outputs() {
            return tensor.extents().get(outputsFirst ? 0 : 1);
        }

        int inputs() {
            return tensor.extents().get(outputsFirst ? 1 : 0);
        }

        float at(int output, int input) {
            int index = outputsFirst ? output * inputs() + input : input * outputs() + output;
            return (float) (scale * tensor.at(index));
        }

        /** @param places of the columns: inputs by our order */
        float[] laidOut(int[] places) {
            float[] weight = new float[Math.multiplyExact(outputs(), places.length)];
            for (int out = 0; out < outputs(); out++) {
                for (int in = 0; in < places.length; in++) {
                    weight[out * places.length + in] = at(out, places[in]);
                }
            }
            return weight;
        }
    }

    static Reading gemm(OnnxNode node, GraphBuilder graph) {
        if (node.integer("transA", 0) != 0) {
            throw new Refusal("it transposes its input (transA)");
        }
        requireConstant(node, 1);
        Signal input = node.signal(0);
        if (input.view().rank() != 2) {
            throw new Refusal("it reads " + input.text() + ", expected what Flatten gives");
        }
        Matrix matrix = matrix(node.constant(1), node.integer("transB", 0) != 0, node.real("alpha", 1));
        double beta = node.real("beta", 1);
        float[] bias = new float[matrix.outputs()];
        Optional<OnnxTensor> given = node.optional(2);
        if (given.isPresent()) {
            OnnxTensor tensor = given.get();
            if (tensor.size() != 1
                    && (tensor.size() != bias.length || tensor.extents().get(tensor.rank() - 1) != bias.length)) {
                throw new Refusal("its bias " + tensor.extents() + " does not fit to " + bias.length + " outputs");
            }
            for (int out = 0; out < bias.length; out++) {
                bias[out] = (float) (beta * tensor.at(tensor.size() == 1 ? 0 : out));
            }
        }
        return product(node, graph, input, 1, matrix, bias);
    }

    static Reading matMul(OnnxNode node, GraphBuilder graph) {
        if (node.value(0) instanceof Constant) {
            Signal input = node.signal(1);
            Matrix matrix = matrix(node.constant(0), true, 1);
            return product(node, graph, input, input.view().rank() - 2, matrix, new float[matrix.outputs()]);
        }
        requireConstant(node, 1);
        Signal input = node.signal(0);
        Matrix matrix = matrix(node.constant(1), false, 1);
        return product(node, graph, input, input.view().rank() - 1, matrix, new float[matrix.outputs()]);
    }

    private static void requireConstant(OnnxNode node, int input) {
        if (node.value(0) instanceof Signal && node.value(input) instanceof Signal) {
            throw new Refusal(
                    "it multiplies two values that both depend on the image, as attention does; spiking layers"
                            + " have constant weights: train a network without it");
        }
    }

    private static Matrix matrix(OnnxTensor given, boolean outputsFirst, double scale) {
        List<Integer> extents = new ArrayList<>(given.extents());
        while (extents.size() > 2 && extents.get(0) == 1) {
            extents.remove(0);
        }
        if (extents.size() != 2) {
            throw new Refusal("its matrix is " + given.extents() + ", expected two extents");
        }
        return new Matrix(given.reshaped(extents), outputsFirst, scale);
    }

    private static Reading product(
            OnnxNode node, GraphBuilder graph, Signal input, int axis, Matrix matrix, float[] bias) {
        if (axis < 1 || input.view().extent(axis) != matrix.inputs()) {
            throw new Refusal("its matrix " + matrix.tensor().extents() + " does not fit to " + input.text());
        }
        List<Part> parts = Axis.cut(input.view().axes().get(axis), input.shape());
        if (matrix.inputs() == input.shape().elements()) {
            input.view().requireBatchFirst();
            int[] places = places(input, axis, matrix.inputs());
            String output = graph.linear(node.name(), input.node(), matrix.laidOut(places), bias);
            boolean moved = IntStream.range(0, places.length).anyMatch(place -> places[place] != place);
            Shape shape = graph.shape(output);
            View view = View.of(input.view().rank(), input.view().batch(), shape, axis, -1, -1);
            return Reading.converted(
                    new Signal(output, shape, view, false, false),
                    "linear layer to " + bias.length + (moved ? ", its inputs reordered from C, H, W to H, W, C" : ""));
        }
        boolean channels = parts.stream().allMatch(part -> Axis.of(part, input.shape()) == Axis.CHANNELS);
        if (channels && matrix.inputs() == input.channels()) {
            int[] places = places(input, axis, matrix.inputs());
            ConvGeometry geometry =
                    new ConvGeometry(input.height(), input.width(), matrix.inputs(), bias.length, 1, 1, 0);
            String output = graph.convolution(node.name(), input.node(), geometry, matrix.laidOut(places), bias);
            Signal result = new Signal(
                    output, graph.shape(output), Layouts.widened(input, axis, graph.shape(output)), false, false);
            return Reading.converted(result, "convolution 1x1 to " + bias.length + " channels");
        }
        return along(node, graph, input, axis, matrix, bias);
    }

    /** Our order of the features along an axis. */
    private static int[] places(Signal input, int axis, int count) {
        return IntStream.range(0, count)
                .map(offset -> input.view().index(axis, offset))
                .toArray();
    }

    /** A product along rows or columns: each place of the result is a sum over them. */
    private static Reading along(
            OnnxNode node, GraphBuilder graph, Signal input, int axis, Matrix matrix, float[] bias) {
        boolean unbiased = IntStream.range(0, bias.length).allMatch(out -> bias[out] == 0);
        if (!unbiased || (long) matrix.inputs() * matrix.outputs() > MOST_OF_MATRIX_ALONG_A_MAP) {
            throw Refusal.ofLayout(
                    "it multiplies " + input.text() + " along rows or columns, expected what Flatten gives");
        }
        List<Window> windows = new ArrayList<>();
        for (int out = 0; out < matrix.outputs(); out++) {
            int row = out;
            windows.add(new Window(
                    0,
                    IntStream.range(0, matrix.inputs())
                            .mapToObj(in -> matrix.at(row, in))
                            .toList()));
        }
        Signal result = Layouts.sampled(graph, node.name(), input, axis, windows);
        return Reading.converted(result, "sums along an axis of the map, with constant weights");
    }

    static Reading batchNormalisation(OnnxNode node, GraphBuilder graph) {
        if (node.integer("training_mode", 0) != 0 || node.integer("spatial", 1) == 0) {
            throw new Refusal("it is in training mode, or not by channel; export the network for inference");
        }
        Signal input = node.signal(0);
        OnnxTensor gamma = byChannel(node, 1, input);
        Signal signal = Constants.flattened(graph, node.name(), input, gamma);
        double[] scale = Constants.of(signal, gamma).values();
        double[] shift =
                Constants.of(signal, byChannel(node, 2, input)).values().clone();
        double[] mean = Constants.of(signal, byChannel(node, 3, input)).values();
        double[] variance = Constants.of(signal, byChannel(node, 4, input)).values();
        double epsilon = node.real("epsilon", 1e-5);
        for (int channel = 0; channel < scale.length; channel++) {
            scale[channel] /= Math.sqrt(variance[channel] + epsilon);
            shift[channel] -= mean[channel] * scale[channel];
        }
        boolean byChannel = scale.length == signal.channels();
        return Arithmetic.affine(node, graph, signal, new Constants(scale, byChannel), new Constants(shift, byChannel));
    }

    /** One value for each place of the second axis. */
    private static OnnxTensor byChannel(OnnxNode node, int index, Signal input) {
        OnnxTensor values = node.constant(index);
        if (input.view().rank() < 2 || values.size() != input.view().extent(1)) {
            throw new Refusal(
                    "its input " + index + " has " + values.size() + " values for channels of " + input.text());
        }
        Integer[] extents = new Integer[input.view().rank() - 1];
        Arrays.fill(extents, 1);
        extents[0] = values.size();
        return values.reshaped(Arrays.asList(extents));
    }
}
