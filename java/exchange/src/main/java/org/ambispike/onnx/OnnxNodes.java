package org.ambispike.onnx;

import ai.onnx.proto.OnnxMl.AttributeProto;
import ai.onnx.proto.OnnxMl.GraphProto;
import ai.onnx.proto.OnnxMl.NodeProto;
import ai.onnx.proto.OnnxMl.TensorProto;
import com.google.protobuf.ByteString;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.ambispike.graph.ConvGeometry;
import org.ambispike.graph.HostTensor;
import org.ambispike.graph.MaxPoolGeometry;
import org.ambispike.graph.Op;
import org.ambispike.graph.PoolGeometry;
import org.ambispike.graph.SampledAxis;
import org.ambispike.graph.Shape;
import org.ambispike.graph.Sloped;
import org.ambispike.graph.WindowAxis;

/** Writes nodes and constants into an ONNX graph; each method returns the name of what its node gives. */
final class OnnxNodes {
    private final GraphProto.Builder graph = GraphProto.newBuilder();

    GraphProto.Builder graph() {
        return graph;
    }

    String add(String operation, String name, List<String> inputs, AttributeProto... attributes) {
        graph.addNode(NodeProto.newBuilder()
                .setName(name)
                .setOpType(operation)
                .addAllInput(inputs)
                .addOutput(name)
                .addAllAttribute(Arrays.asList(attributes)));
        return name;
    }

    String convolution(String name, String input, ConvGeometry geometry, HostTensor weight, HostTensor bias) {
        WindowAxis down = geometry.down();
        WindowAxis across = geometry.across();
        Shape inputs = Shape.of(down.kernel(), across.kernel(), geometry.groupInputs());
        String weights = constant(
                name + ".weight",
                channelsFirst(weight.values(), inputs),
                geometry.outChannels(),
                geometry.groupInputs(),
                down.kernel(),
                across.kernel());
        String biases = constant(name + ".bias", bias.values(), geometry.outChannels());
        List<AttributeProto> attributes = windows(down, across);
        if (down.dilation() > 1 || across.dilation() > 1) {
            attributes.add(integers("dilations", down.dilation(), across.dilation()));
        }
        if (geometry.groups() > 1) {
            attributes.add(integer("group", geometry.groups()));
        }
        return add("Conv", name, List.of(input, weights, biases), attributes.toArray(AttributeProto[]::new));
    }

    private static List<AttributeProto> windows(WindowAxis down, WindowAxis across) {
        return new ArrayList<>(List.of(
                integers("kernel_shape", down.kernel(), across.kernel()),
                integers("strides", down.stride(), across.stride()),
                integers(
                        "pads",
                        down.padding(),
                        across.padding(),
                        Math.max(0, down.paddingAfter()),
                        Math.max(0, across.paddingAfter()))));
    }

    String maxPool(String name, String input, MaxPoolGeometry geometry) {
        return add(
                "MaxPool",
                name,
                List.of(input),
                windows(geometry.down(), geometry.across()).toArray(AttributeProto[]::new));
    }

    /** @param inputs shape of what is flattened, [H, W, C], or [F] */
    String linear(String name, String input, Shape inputs, HostTensor weight, HostTensor bias) {
        float[] values = inputs.rank() == 3 ? channelsFirst(weight.values(), inputs) : weight.values();
        int outputs = weight.shape().extent(0);
        String weights =
                constant(name + ".weight", values, outputs, weight.shape().extent(1));
        String biases = constant(name + ".bias", bias.values(), outputs);
        return add("Gemm", name, List.of(input, weights, biases), integer("transB", 1));
    }

    String averagePool(String name, String input, PoolGeometry geometry) {
        return add(
                "AveragePool",
                name,
                List.of(input),
                integers("kernel_shape", geometry.kernel(), geometry.kernel()),
                integers("strides", geometry.stride(), geometry.stride()));
    }

    String concat(String name, List<String> inputs) {
        return add("Concat", name, inputs, integer("axis", 1));
    }

    String depthToSpace(String name, String input, int block) {
        // blocks are outermost: mode DCR, which is the one that a file need not name
        return add("DepthToSpace", name, List.of(input), integer("blocksize", block));
    }

    /**
     * Maps each axis by a matrix, for ONNX has no operation that covers all that such maps are.
     *
     * @param result shape of the value
     */
    String resample(String name, String input, Op.Resample map, Shape result) {
        SampledAxis channels = map.channels();
        String value = input;
        if (!map.down().isUnchanged()) {
            SampledAxis rows = map.down();
            String matrix = constant(name + ".rows", matrix(rows), rows.places(), rows.extent());
            value = add("MatMul", name + ".down", List.of(matrix, value));
        }
        if (!map.across().isUnchanged()) {
            SampledAxis columns = map.across();
            String matrix = constant(name + ".columns", transposed(columns), columns.extent(), columns.places());
            value = add("MatMul", name + ".across", List.of(value, matrix));
        }
        if (channels.isUnchanged()) {
            return add("Identity", name, List.of(value));
        }
        if (result.rank() == 1) {
            String matrix = constant(name + ".channels", transposed(channels), channels.extent(), channels.places());
            return add("MatMul", name, List.of(value, matrix));
        }
        String weights = constant(name + ".channels", matrix(channels), channels.places(), channels.extent(), 1, 1);
        return add("Conv", name, List.of(value, weights), integers("kernel_shape", 1, 1));
    }

    /** [places, extent]. */
    private static float[] matrix(SampledAxis axis) {
        float[] values = new float[axis.places() * axis.extent()];
        for (int place = 0; place < axis.places(); place++) {
            SampledAxis.Window window = axis.windows().get(place);
            for (int index = 0; index < window.weights().size(); index++) {
                values[place * axis.extent() + window.first() + index] =
                        window.weights().get(index);
            }
        }
        return values;
    }

    /** [extent, places]. */
    private static float[] transposed(SampledAxis axis) {
        float[] values = matrix(axis);
        float[] result = new float[values.length];
        for (int index = 0; index < values.length; index++) {
            result[index % axis.extent() * axis.places() + index / axis.extent()] = values[index];
        }
        return result;
    }

    /** @param rank of the value, whose channels come first here */
    String leaky(String name, String input, Sloped activation, int rank) {
        if (activation.isRectified()) {
            return add("Relu", name, List.of(input));
        }
        if (!activation.slopes().isEmpty()) {
            int channels = activation.slopes().size();
            long[] extents = rank == 3 ? new long[] {channels, 1, 1} : new long[] {channels};
            String slopes = constant(name + ".slopes", activation.slopes(channels), extents);
            return add("PRelu", name, List.of(input, slopes));
        }
        AttributeProto.Builder slope =
                attribute("alpha", AttributeProto.AttributeType.FLOAT).setF((float) activation.alpha());
        return add("LeakyRelu", name, List.of(input), slope.build());
    }

    /** To [-thetaNegative, thetaPositive], or to [0, thetaPositive] where the activation is rectified. */
    String clip(String name, String input, float thetaNegative, float thetaPositive, boolean rectified) {
        String low = constant(name + ".low", new float[] {rectified ? 0 : -thetaNegative});
        String high = constant(name + ".high", new float[] {thetaPositive});
        return add("Clip", name, List.of(input, low, high));
    }

    /** @param extents none for a scalar */
    private String constant(String name, float[] values, long... extents) {
        ByteBuffer bytes = ByteBuffer.allocate(Math.multiplyExact(values.length, Float.BYTES))
                .order(ByteOrder.LITTLE_ENDIAN);
        bytes.asFloatBuffer().put(values);
        graph.addInitializer(TensorProto.newBuilder()
                .setName(name)
                .setDataType(TensorProto.DataType.FLOAT_VALUE)
                .addAllDims(Arrays.stream(extents).boxed().toList())
                .setRawData(ByteString.copyFrom(bytes)));
        return name;
    }

    private static AttributeProto.Builder attribute(String name, AttributeProto.AttributeType type) {
        return AttributeProto.newBuilder().setName(name).setType(type);
    }

    private static AttributeProto integer(String name, int value) {
        return attribute(name, AttributeProto.AttributeType.INT).setI(value).build();
    }

    private static AttributeProto integers(String name, int... values) {
        return attribute(name, AttributeProto.AttributeType.INTS)
                .addAllInts(Arrays.stream(values).asLongStream().boxed().toList())
                .build();
    }

    /** Rows of [H, W, C] as rows of [C, H, W]. */
    private static float[] channelsFirst(float[] values, Shape row) {
        int channels = row.extent(2);
        int area = row.extent(0) * row.extent(1);
        float[] result = new float[values.length];
        for (int index = 0; index < values.length; index++) {
            int start = index / (area * channels) * (area * channels);
            int place = index % (area * channels);
            result[start + place % channels * area + place / channels] = values[index];
        }
        return result;
    }
}
