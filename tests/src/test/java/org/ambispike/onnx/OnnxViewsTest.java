package org.ambispike.onnx;

import static org.ambispike.onnx.OnnxBuilder.of;
import static org.assertj.core.api.Assertions.assertThat;

import ai.onnx.proto.OnnxMl.AttributeProto;
import ai.onnx.proto.OnnxMl.GraphProto;
import ai.onnx.proto.OnnxMl.NodeProto;
import ai.onnx.proto.OnnxMl.TensorProto;
import ai.onnx.proto.OnnxMl.TypeProto;
import ai.onnx.proto.OnnxMl.ValueInfoProto;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.ambispike.graph.Graph;
import org.ambispike.graph.Shape;
import org.ambispike.onnx.OnnxComparison.Net;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

/** Inputs and results of every form, and what exporters do with axes, extents and constants on the way. */
class OnnxViewsTest {
    @TempDir
    private Path folder;

    /** Over images [N, 4, 6, 8]. */
    private static final Map<String, String> MAPS = OnnxText.cases(
            """
            a channel shuffle:
                y = Transpose(Reshape(x, [0, 2, 2, 6, 8]), perm = [0, 2, 1, 3, 4]);
                conv(Reshape(y, [0, 4, 6, 8]), 4, 3, 3, 1, 1)
            depth to space, DCR: conv(DepthToSpace(x, blocksize = 2, mode = DCR), 1, 2, 3, 1, 1)
            depth to space, CRD: conv(DepthToSpace(x, blocksize = 2, mode = CRD), 1, 2, 3, 1, 1)
            depth to space, written out:
                y = Transpose(Reshape(x, [0, 1, 2, 2, 6, 8]), perm = [0, 1, 4, 2, 5, 3]);
                Reshape(y, [0, 1, 12, 16])
            space to depth: y = SpaceToDepth(x, blocksize = 2); conv(y, 16, 2, 1, 1, 0), y
            space to depth, written out:
                y = Transpose(Reshape(x, [0, 4, 3, 2, 4, 2]), perm = [0, 1, 3, 5, 2, 4]);
                Reshape(y, [0, 16, 3, 4])
            upsampling by repetition:
                y = Expand(Reshape(x, [0, 4, 6, 1, 8, 1]), [1, 1, 1, 2, 1, 3]);
                Reshape(y, [0, 4, 12, 24])
            channels last, and back:
                y = Transpose(Relu(conv(x, 4, 5, 3, 1, 1)), perm = [0, 2, 3, 1]);
                y = Add(MatMul(y, ~[5, 3]), ~[3]);
                MatMul(Flatten(y), ~[144, 2]), Transpose(y, perm = [0, 3, 1, 2])
            rows and columns in each other's place:
                y = Conv(Transpose(x, perm = [0, 1, 3, 2]), ~[2, 4, 3, 2], strides = [1, 2]);
                MaxPool(y, kernel_shape = [1, 2])
            places as a sequence:
                y = Relu(MatMul(Transpose(Reshape(x, [0, 4, -1]), perm = [0, 2, 1]), ~[4, 3]));
                Gemm(ReduceMean(y, axes @ 18 = [1], keepdims = 0), ~[3, 2])
            flattened by extents of the batch:
                batch = Gather(Shape(x), 0, axis = 0);
                rest = Mul(Mul(Gather(Shape(x), 1, axis = 0), 6), 8);
                list = Concat(Unsqueeze(batch, axes @ 13 = [0]), Unsqueeze(rest, axes @ 13 = [0]), axis = 0);
                MatMul(Reshape(x, list), ~[192, 3])
            a list that becomes a map:
                y = Relu(Gemm(LeakyRelu(classifier(x, 192, 10)), ~[10, 24], ~[24]));
                ConvTranspose(Reshape(y, [-1, 2, 3, 4]), ~[2, 3, 2, 2], strides = [2, 2])
            concatenations:
                y = Relu(conv(x, 4, 3, 3, 1, 1));
                Concat(x, y, x, axis = 1), Concat(x, x, axis = 2), Concat(Flatten(y), Flatten(x), axis = 1)
            slices:
                y = Slice(Slice(x, [0], [9223372036854775807], [2], [2]), [1], [-1], [-1], [3]);
                z = Slice(Slice(x, [1], [9223372036854775807], [2], [2]), [1], [-1], [-1], [3]);
                Concat(y, z, axis = 1), Slice(x, [-1], [-100], [1], [-1])
            a shortcut with zero channels:
                y = Pad(Slice(x, [0, 0], [100, 100], [2, 3], [2, 2]), [0, 2, 0, 0, 0, 1, 0, 0]);
                Add(y, conv(x, 4, 7, 3, 2, 1))
            values that are repeated: Add(x, GlobalAveragePool(x)), Tile(x, [1, 2, 1, 3])
            two results and a map:
                y = LeakyRelu(conv(x, 4, 3, 3, 1, 1));
                classifier(y, 144, 5), y, GlobalAveragePool(y)
            arithmetic with constants:
                y = Div(Sub(x, ~[1, 4, 1, 1]), +[4, 1, 1]);
                y = Relu(Sub(~[3, 1, 1], Mul(0.3, conv(y, 4, 3, 3, 1, 1))));
                y = Neg(Mul(y, ~[3, 1, 1]));
                Sum(y, y, 1.0, Mean(y, y))
            a mean picture: conv(Sub(x, ~[4, 6, 8]), 4, 3, 3, 1, 1)
            normalised features: classifier(norm(Flatten(x), 192), 192, 3)
            pads that are computed:
                pads = Reshape(Concat([1, 2, 0, 1], [0, 0, 0, 0], axis = 0), [-1, 2]);
                pads = Slice(pads, [-1], [-9223372036854775808], [0], [-1]);
                pads = Reshape(Transpose(pads, perm = [1, 0]), [-1]);
                conv(Pad(x, Cast(pads, to = 7)), 4, 3, 3, 1, 0)""");

    @ParameterizedTest
    @MethodSource("maps")
    void resultsAreThoseOfOnnxRuntime(String name) {
        compare(List.of(4L, 6L, 8L), OnnxText.of(MAPS.get(name)));
    }

    static Stream<String> maps() {
        return MAPS.keySet().stream();
    }

    private void compare(List<Long> extents, Net net) {
        for (int opset : new int[] {11, 13, 18}) {
            OnnxComparison.assertSame(folder, opset, extents, net);
        }
    }

    @Test
    void aSplitAndAGather() {
        compare(List.of(4L, 6L, 8L), net -> {
            List<String> parts = net.opset() < 13
                    ? net.nodes("Split", 2, List.of("x"), of("axis", 1L), of("split", 1L, 3L))
                    : net.nodes("Split", 2, List.of("x", net.longs(1L, 3L)), of("axis", 1L));
            String sum = net.node("Add", List.of(parts.get(1), parts.get(0)));
            String some = net.node("Gather", List.of(sum, net.longs(2L, 0L, 0L)), of("axis", 1L));
            return List.of(some, net.node("Gather", List.of(some, net.integer(-2)), of("axis", 2L)));
        });
    }

    @Test
    void weightsOfHalfPrecisionAreMoved() {
        compare(List.of(4L, 6L, 8L), net -> {
            String half = net.node("Cast", net.halves((short) 0x2e00, 3, 192), of("to", 1L));
            String weight = net.node("Transpose", half, of("perm", 1L, 0L));
            return List.of(net.node("MatMul", List.of(net.node("Flatten", "x"), weight)));
        });
    }

    /** Channels last, signals, a spectrogram without channels, features, and features that are a picture. */
    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            textBlock =
                    """
                    6 8 3 | y = Transpose(Mul(x, +[3]), perm = [0, 3, 1, 2]); y = Relu(conv(y, 3, 4, 3, 1, 1)); \
                            Transpose(y, perm = [0, 2, 3, 1])
                    2 20  | y = norm(Conv(x, ~[3, 2, 5], strides = [2], pads = [2, 1]), 3); \
                            y = Relu(MaxPool(y, kernel_shape = [2], strides = [2])); \
                            y = AveragePool(y, kernel_shape = [3], pads = [1, 1]); \
                            y = ConvTranspose(y, ~[3, 2, 4], strides = [3]); y, GlobalAveragePool(y)
                    20 2  | y = Conv(Transpose(x, perm = [0, 2, 1]), ~[3, 2, 5]); \
                            classifier(Transpose(y, perm = [0, 2, 1]), 48, 3)
                    6 9   | conv(Unsqueeze(x, axes @ 13 = [1]), 1, 3, 3, 2, 1)
                    10    | y = Mul(Relu(Gemm(norm(x, 10), ~[10, 80])), ~[80]); y = Add(MatMul(y, ~[80, 4]), ~[4]); \
                            Squeeze(Unsqueeze(y, axes @ 13 = [2, 3]))
                    48    | conv(Reshape(x, [-1, 2, 4, 6]), 2, 3, 3, 1, 1)
                    """)
    void inputsAreOfEveryForm(String extents, String network) {
        compare(Stream.of(extents.split(" ")).map(Long::parseLong).toList(), OnnxText.of(network));
    }

    /** As exporters write a squeeze of an axis whose extent was open. */
    @Test
    void theBranchOfAKnownConditionIsTaken() {
        OnnxComparison.assertSame(folder, 17, List.of(3L, 5L, 6L), net -> {
            String y = net.convolution("x", 3, 2, 3, 1, 1);
            String channels = net.node("Gather", List.of(net.node("Shape", y), net.integer(1)));
            String two = net.node("Equal", List.of(channels, net.integer(2)));
            return List.of(net.node("If", two, branch("then_branch", "Relu", y), branch("else_branch", "Tanh", y)));
        });
    }

    private static AttributeProto branch(String name, String operation, String input) {
        String output = name + "_output";
        return AttributeProto.newBuilder()
                .setName(name)
                .setType(AttributeProto.AttributeType.GRAPH)
                .setG(GraphProto.newBuilder()
                        .setName(name)
                        .addNode(NodeProto.newBuilder()
                                .setOpType(operation)
                                .addInput(input)
                                .addOutput(output))
                        .addOutput(ValueInfoProto.newBuilder()
                                .setName(output)
                                .setType(TypeProto.newBuilder()
                                        .setTensorType(TypeProto.Tensor.newBuilder()
                                                .setElemType(TensorProto.DataType.FLOAT_VALUE)))))
                .build();
    }

    @Test
    void resultsHaveNamesAndShapes() {
        Net net = OnnxText.of("y = conv(x, 3, 2, 3, 1, 1); y, classifier(Relu(y), 60, 4)");
        Graph graph = OnnxComparison.assertSame(folder, 17, List.of(3L, 5L, 6L), net)
                .require()
                .graph();
        assertThat(graph.outputs().stream().map(Graph.Output::shape)).containsExactly(Shape.of(5, 6, 2), Shape.of(4));
        assertThat(graph.outputs().get(0).name()).startsWith("Conv_");
    }
}
