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
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.ambispike.graph.Graph;
import org.ambispike.graph.Shape;
import org.ambispike.onnx.OnnxComparison.Net;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Inputs and results of every form, and what exporters do with axes, extents and constants on the way. */
class OnnxViewsTest {
    private record Case(List<Long> extents, Net net) {}

    @TempDir
    private Path folder;

    private static void map(Map<String, Case> cases, String name, Net net) {
        cases.put(name, new Case(OnnxComparison.extents(4, 6, 8), net));
    }

    private static Map<String, Case> cases() {
        Map<String, Case> cases = new LinkedHashMap<>();
        views(cases);
        parts(cases);
        constants(cases);
        inputs(cases);
        return cases;
    }

    private static void views(Map<String, Case> cases) {
        map(cases, "a channel shuffle", net -> {
            String y = net.node("Reshape", List.of("x", net.longs(0L, 2L, 2L, 6L, 8L)));
            y = net.node("Transpose", y, of("perm", 0L, 2L, 1L, 3L, 4L));
            y = net.node("Reshape", List.of(y, net.longs(0L, 4L, 6L, 8L)));
            return List.of(net.convolution(y, 4, 3, 3, 1, 1));
        });
        for (String mode : List.of("DCR", "CRD")) {
            map(cases, "depth to space, " + mode, net -> {
                String y = net.node("DepthToSpace", "x", of("blocksize", 2L), of("mode", mode));
                return List.of(net.convolution(y, 1, 2, 3, 1, 1));
            });
        }
        map(cases, "depth to space, written out", net -> {
            String y = net.node("Reshape", List.of("x", net.longs(0L, 1L, 2L, 2L, 6L, 8L)));
            y = net.node("Transpose", y, of("perm", 0L, 1L, 4L, 2L, 5L, 3L));
            return List.of(net.node("Reshape", List.of(y, net.longs(0L, 1L, 12L, 16L))));
        });
        map(cases, "space to depth", net -> {
            String y = net.node("SpaceToDepth", "x", of("blocksize", 2L));
            return List.of(net.convolution(y, 16, 2, 1, 1, 0), y);
        });
        map(cases, "space to depth, written out", net -> {
            String y = net.node("Reshape", List.of("x", net.longs(0L, 4L, 3L, 2L, 4L, 2L)));
            y = net.node("Transpose", y, of("perm", 0L, 1L, 3L, 5L, 2L, 4L));
            return List.of(net.node("Reshape", List.of(y, net.longs(0L, 16L, 3L, 4L))));
        });
        map(cases, "upsampling by repetition", net -> {
            String y = net.node("Reshape", List.of("x", net.longs(0L, 4L, 6L, 1L, 8L, 1L)));
            y = net.node("Expand", List.of(y, net.longs(1L, 1L, 1L, 2L, 1L, 3L)));
            return List.of(net.node("Reshape", List.of(y, net.longs(0L, 4L, 12L, 24L))));
        });
        map(cases, "channels last, and back", net -> {
            String y = net.node("Relu", net.convolution("x", 4, 5, 3, 1, 1));
            y = net.node("Transpose", y, of("perm", 0L, 2L, 3L, 1L));
            y = net.node("Add", List.of(net.node("MatMul", List.of(y, net.random(-1, 1, 5, 3))), net.random(-1, 1, 3)));
            String flat = net.node("Flatten", y);
            String logits = net.node("MatMul", List.of(flat, net.random(-1, 1, 144, 2)));
            return List.of(logits, net.node("Transpose", y, of("perm", 0L, 3L, 1L, 2L)));
        });
        map(cases, "rows and columns in each other's place", net -> {
            String y = net.node("Transpose", "x", of("perm", 0L, 1L, 3L, 2L));
            y = net.node("Conv", List.of(y, net.random(-1, 1, 2, 4, 3, 2)), of("strides", 1L, 2L));
            return List.of(net.node("MaxPool", y, of("kernel_shape", 1L, 2L)));
        });
        map(cases, "places as a sequence", net -> {
            String y = net.node("Reshape", List.of("x", net.longs(0L, 4L, -1L)));
            y = net.node("Transpose", y, of("perm", 0L, 2L, 1L));
            y = net.node("Relu", net.node("MatMul", List.of(y, net.random(-1, 1, 4, 3))));
            String mean = net.opset() < 18
                    ? net.node("ReduceMean", y, of("axes", new Long[] {1L}), of("keepdims", 0L))
                    : net.node("ReduceMean", List.of(y, net.longs(1L)), of("keepdims", 0L));
            return List.of(net.node("Gemm", List.of(mean, net.random(-1, 1, 3, 2))));
        });
        map(cases, "flattened by extents of the batch", net -> {
            String shape = net.node("Shape", "x");
            String batch = net.node("Gather", List.of(shape, net.integer(0)), of("axis", 0L));
            String channels = net.node("Gather", List.of(shape, net.integer(1)), of("axis", 0L));
            String rest = net.node("Mul", List.of(net.node("Mul", List.of(channels, net.integer(6))), net.integer(8)));
            String list = net.node("Concat", List.of(unsqueezed(net, batch), unsqueezed(net, rest)), of("axis", 0L));
            return List.of(
                    net.node("MatMul", List.of(net.node("Reshape", List.of("x", list)), net.random(-1, 1, 192, 3))));
        });
        map(cases, "a list that becomes a map", net -> {
            String y = net.node("LeakyRelu", net.classifier("x", 192, 10));
            y = net.node("Gemm", List.of(y, net.random(-1, 1, 10, 24), net.random(-1, 1, 24)));
            y = net.node("Reshape", List.of(net.node("Relu", y), net.longs(-1L, 2L, 3L, 4L)));
            return List.of(net.node("ConvTranspose", List.of(y, net.random(-1, 1, 2, 3, 2, 2)), of("strides", 2L, 2L)));
        });
    }

    private static String unsqueezed(OnnxBuilder net, String value) {
        return net.opset() < 13
                ? net.node("Unsqueeze", value, of("axes", new Long[] {0L}))
                : net.node("Unsqueeze", List.of(value, net.longs(0L)));
    }

    private static void parts(Map<String, Case> cases) {
        map(cases, "concatenations", net -> {
            String y = net.node("Relu", net.convolution("x", 4, 3, 3, 1, 1));
            return List.of(
                    net.node("Concat", List.of("x", y, "x"), of("axis", 1L)),
                    net.node("Concat", List.of("x", "x"), of("axis", 2L)),
                    net.node("Concat", List.of(net.node("Flatten", y), net.node("Flatten", "x")), of("axis", 1L)));
        });
        map(cases, "slices", net -> {
            List<String> slices = new java.util.ArrayList<>();
            for (long row : new long[] {0, 1}) {
                String y = net.node(
                        "Slice", List.of("x", net.longs(row), net.longs(Long.MAX_VALUE), net.longs(2L), net.longs(2L)));
                slices.add(net.node("Slice", List.of(y, net.longs(1L), net.longs(-1L), net.longs(-1L), net.longs(3L))));
            }
            String backwards =
                    net.node("Slice", List.of("x", net.longs(-1L), net.longs(-100L), net.longs(1L), net.longs(-1L)));
            return List.of(net.node("Concat", slices, of("axis", 1L)), backwards);
        });
        map(cases, "a split and a gather", net -> {
            List<String> parts = net.opset() < 13
                    ? net.nodes("Split", 2, List.of("x"), of("axis", 1L), of("split", 1L, 3L))
                    : net.nodes("Split", 2, List.of("x", net.longs(1L, 3L)), of("axis", 1L));
            String sum = net.node("Add", List.of(parts.get(1), parts.get(0)));
            String some = net.node("Gather", List.of(sum, net.longs(2L, 0L, 0L)), of("axis", 1L));
            String row = net.node("Gather", List.of(some, net.integer(-2)), of("axis", 2L));
            return List.of(some, row);
        });
        map(cases, "a shortcut with zero channels", net -> {
            String y = net.node(
                    "Slice",
                    List.of("x", net.longs(0L, 0L), net.longs(100L, 100L), net.longs(2L, 3L), net.longs(2L, 2L)));
            y = net.node("Pad", List.of(y, net.longs(0L, 2L, 0L, 0L, 0L, 1L, 0L, 0L)));
            return List.of(net.node("Add", List.of(y, net.convolution("x", 4, 7, 3, 2, 1))));
        });
        map(cases, "values that are repeated", net -> {
            String mean = net.node("GlobalAveragePool", "x");
            return List.of(
                    net.node("Add", List.of("x", mean)), net.node("Tile", List.of("x", net.longs(1L, 2L, 1L, 3L))));
        });
        map(cases, "two results and a map", net -> {
            String y = net.node("LeakyRelu", net.convolution("x", 4, 3, 3, 1, 1));
            return List.of(net.classifier(y, 144, 5), y, net.node("GlobalAveragePool", y));
        });
    }

    private static void constants(Map<String, Case> cases) {
        map(cases, "arithmetic with constants", net -> {
            String y = net.node("Sub", List.of("x", net.random(-1, 1, 1, 4, 1, 1)));
            y = net.node("Div", List.of(y, net.random(0.5, 2, 4, 1, 1)));
            y = net.node("Mul", List.of(net.scalar(0.3), net.convolution(y, 4, 3, 3, 1, 1)));
            y = net.node("Relu", net.node("Sub", List.of(net.random(-1, 1, 3, 1, 1), y)));
            y = net.node("Neg", net.node("Mul", List.of(y, net.random(-1, 1, 3, 1, 1))));
            return List.of(net.node("Sum", List.of(y, y, net.scalar(1), net.node("Mean", List.of(y, y)))));
        });
        map(cases, "a mean picture", net -> {
            String y = net.node("Sub", List.of("x", net.random(-1, 1, 4, 6, 8)));
            return List.of(net.convolution(y, 4, 3, 3, 1, 1));
        });
        map(
                cases,
                "normalised features",
                net -> List.of(net.classifier(net.batchNormalisation(net.node("Flatten", "x"), 192), 192, 3)));
        map(cases, "weights of half precision, moved", net -> {
            String half = net.node("Cast", net.halves((short) 0x2e00, 3, 192), of("to", 1L));
            String weight = net.node("Transpose", half, of("perm", 1L, 0L));
            return List.of(net.node("MatMul", List.of(net.node("Flatten", "x"), weight)));
        });
        map(cases, "pads that are computed", net -> {
            String pads =
                    net.node("Concat", List.of(net.longs(1L, 2L, 0L, 1L), net.longs(0L, 0L, 0L, 0L)), of("axis", 0L));
            pads = net.node("Reshape", List.of(pads, net.longs(-1L, 2L)));
            pads = net.node(
                    "Slice", List.of(pads, net.longs(-1L), net.longs(Long.MIN_VALUE), net.longs(0L), net.longs(-1L)));
            pads = net.node("Reshape", List.of(net.node("Transpose", pads, of("perm", 1L, 0L)), net.longs(-1L)));
            return List.of(net.convolution(
                    net.node("Pad", List.of("x", net.node("Cast", pads, of("to", 7L)))), 4, 3, 3, 1, 0));
        });
    }

    private static void inputs(Map<String, Case> cases) {
        cases.put("channels last", new Case(OnnxComparison.extents(6, 8, 3), net -> {
            String y = net.node(
                    "Transpose", net.node("Mul", List.of("x", net.random(1, 2, 3))), of("perm", 0L, 3L, 1L, 2L));
            y = net.node("Relu", net.convolution(y, 3, 4, 3, 1, 1));
            return List.of(net.node("Transpose", y, of("perm", 0L, 2L, 3L, 1L)));
        }));
        cases.put("a signal", new Case(OnnxComparison.extents(2, 20), net -> {
            String y = net.node(
                    "Conv",
                    List.of("x", net.random(-1, 1, 3, 2, 5)),
                    of("strides", new Long[] {2L}),
                    of("pads", 2L, 1L));
            y = net.node(
                    "MaxPool",
                    net.batchNormalisation(y, 3),
                    of("kernel_shape", new Long[] {2L}),
                    of("strides", new Long[] {2L}));
            y = net.node("AveragePool", net.node("Relu", y), of("kernel_shape", new Long[] {3L}), of("pads", 1L, 1L));
            y = net.node("ConvTranspose", List.of(y, net.random(-1, 1, 3, 2, 4)), of("strides", new Long[] {3L}));
            return List.of(y, net.node("GlobalAveragePool", y));
        }));
        cases.put("a signal, channels last", new Case(OnnxComparison.extents(20, 2), net -> {
            String y = net.node("Transpose", "x", of("perm", 0L, 2L, 1L));
            y = net.node("Conv", List.of(y, net.random(-1, 1, 3, 2, 5)));
            return List.of(net.classifier(net.node("Transpose", y, of("perm", 0L, 2L, 1L)), 48, 3));
        }));
        cases.put("a spectrogram without channels", new Case(OnnxComparison.extents(6, 9), net -> {
            String y = net.opset() < 13
                    ? net.node("Unsqueeze", "x", of("axes", new Long[] {1L}))
                    : net.node("Unsqueeze", List.of("x", net.longs(1L)));
            return List.of(net.convolution(y, 1, 3, 3, 2, 1));
        }));
        cases.put("features", new Case(OnnxComparison.extents(10), net -> {
            String y = net.batchNormalisation("x", 10);
            y = net.node("Relu", net.node("Gemm", List.of(y, net.random(-1, 1, 10, 80))));
            y = net.node("Mul", List.of(y, net.random(-1, 1, 80)));
            y = net.node(
                    "Add", List.of(net.node("MatMul", List.of(y, net.random(-1, 1, 80, 4))), net.random(-1, 1, 4)));
            return List.of(net.node(
                    "Squeeze",
                    net.opset() < 13
                            ? net.node("Unsqueeze", y, of("axes", 2L, 3L))
                            : net.node("Unsqueeze", List.of(y, net.longs(2L, 3L)))));
        }));
        cases.put("features that are a picture", new Case(OnnxComparison.extents(48), net -> {
            String y = net.node("Reshape", List.of("x", net.longs(-1L, 2L, 4L, 6L)));
            return List.of(net.convolution(y, 2, 3, 3, 1, 1));
        }));
    }

    static Stream<String> names() {
        return cases().keySet().stream();
    }

    @ParameterizedTest
    @MethodSource("names")
    void resultsAreThoseOfOnnxRuntime(String name) {
        for (int opset : new int[] {11, 13, 18}) {
            OnnxComparison.assertSame(
                    folder,
                    opset,
                    cases().get(name).extents(),
                    cases().get(name).net());
        }
    }

    /** As exporters write a squeeze of an axis whose extent was open. */
    @Test
    void theBranchOfAKnownConditionIsTaken() {
        OnnxComparison.assertSame(folder, 17, OnnxComparison.extents(3, 5, 6), net -> {
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
        Graph graph = OnnxComparison.assertSame(folder, 17, OnnxComparison.extents(3, 5, 6), net -> {
                    String y = net.convolution("x", 3, 2, 3, 1, 1);
                    return List.of(y, net.classifier(net.node("Relu", y), 60, 4));
                })
                .require()
                .graph();
        assertThat(graph.outputs().stream().map(Graph.Output::shape)).containsExactly(Shape.of(5, 6, 2), Shape.of(4));
        assertThat(graph.outputs().get(0).name()).startsWith("Conv_");
    }
}
