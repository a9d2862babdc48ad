package org.ambispike.onnx;

import static org.ambispike.onnx.OnnxBuilder.of;
import static org.assertj.core.api.Assertions.assertThat;

import ai.onnx.proto.OnnxMl.ModelProto;
import ai.onnx.proto.OnnxMl.TensorProto;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.Stream;
import org.ambispike.graph.Shape;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Each operation, in small networks of awkward shapes and every opset: the logits of ONNX Runtime. */
class OnnxOperatorsTest {
    private static final long IMAGES = 3;

    /** A network over images [N, 3, 9, 7], given its builder; returns the name of its logits. */
    private interface Network extends Function<OnnxBuilder, String> {}

    @TempDir
    private Path folder;

    private static Map<String, Network> networks() {
        Map<String, Network> networks = new LinkedHashMap<>();
        networks.put("convolutions", net -> {
            String y = net.convolution("x", 3, 5, 3, 2, 1);
            y = net.node("LeakyRelu", y, of("alpha", 0.1));
            y = net.node("Conv", List.of(y, net.random(-0.3, 0.3, 4, 5, 2, 2)));
            return net.classifier(net.node("Relu", y), 48, 6);
        });
        networks.put("grouped convolutions", net -> {
            String y = net.node("Conv", List.of("x", net.random(-0.4, 0.4, 6, 1, 3, 3)), of("group", 3L));
            y = net.node("LeakyRelu", y, of("alpha", 0.1));
            y = net.node("Conv", List.of(y, net.random(-0.3, 0.3, 4, 3, 2, 2)), of("group", 2L));
            y = net.batchNormalisation(y, 4);
            return net.classifier(net.node("Relu", y), 4 * 24, 6);
        });
        networks.put("kernels that are not square", net -> {
            String y = net.node("Conv", List.of("x", net.random(-0.4, 0.4, 5, 3, 1, 5)), of("pads", 0L, 2L, 0L, 2L));
            y = net.node("Conv", List.of(y, net.random(-0.4, 0.4, 4, 5, 3, 1)), of("pads", 1L, 0L, 1L, 0L));
            return net.classifier(net.node("LeakyRelu", y), 4 * 63, 3);
        });
        networks.put("padding on two sides", net -> {
            String y = net.node(
                    "Conv",
                    List.of("x", net.random(-0.4, 0.4, 5, 3, 3, 3)),
                    of("pads", 0L, 0L, 1L, 1L),
                    of("strides", 2L, 2L));
            return net.classifier(net.node("LeakyRelu", y), 5 * 4 * 3, 3);
        });
        for (String same : List.of("SAME_UPPER", "SAME_LOWER")) {
            networks.put(same, net -> {
                String y = net.node(
                        "Conv",
                        List.of("x", net.random(-0.4, 0.4, 5, 3, 4, 4)),
                        of("auto_pad", same),
                        of("strides", 2L, 2L));
                return net.classifier(net.node("LeakyRelu", y), 5 * 5 * 4, 3);
            });
        }
        for (String last : List.of("Softmax", "LogSoftmax")) {
            networks.put(last + " over the classes at the end", net -> {
                String y = net.node("LeakyRelu", net.convolution("x", 3, 5, 3, 1, 1));
                return net.node(last, net.classifier(y, 5 * 63, 4));
            });
        }
        networks.put("weight normalisation", net -> {
            String direction = net.random(-1, 1, 5, 3, 3, 3);
            String length = net.node(
                    "Sqrt", net.node("ReduceSum", net.node("Mul", List.of(direction, direction)), of("keepdims", 1L)));
            String norm = net.node("ReduceL2", direction, of("keepdims", 1L));
            String ratio = net.node("Div", List.of(length, norm));
            String largest = net.node("ReduceL1", direction, of("keepdims", 1L));
            String weights = net.node("Div", List.of(net.node("Mul", List.of(direction, ratio)), largest));
            return net.classifier(net.node("Relu", net.node("Conv", List.of("x", weights))), 5 * 35, 3);
        });
        networks.put("batch normalisation folded", net -> {
            String y = net.batchNormalisation(net.convolution("x", 3, 5, 3, 1, 0), 5);
            y = net.node("LeakyRelu", y, of("alpha", 0.2));
            y = net.batchNormalisation(net.classifier(y, 5 * 35, 8), 8);
            return net.node("Gemm", List.of(net.node("Relu", y), net.random(-1, 1, 8, 4)));
        });
        networks.put("batch normalisation on its own", net -> {
            String y = net.convolution(net.batchNormalisation("x", 3), 3, 5, 3, 1, 1);
            String normalised = net.node("LeakyRelu", net.batchNormalisation(y, 5));
            y = net.node("Add", List.of(y, normalised));
            y = net.batchNormalisation(net.node("LeakyRelu", net.classifier(y, 5 * 63, 7)), 7);
            return net.node("MatMul", List.of(y, net.random(-1, 1, 7, 3)));
        });
        networks.put("slopes and bounds", net -> {
            String y = net.node(
                    "PRelu", List.of(net.convolution("x", 3, 4, 3, 1, 1), net.floats(List.of(0.25f), 1, 1, 1)));
            y = net.clip(y, -0.1, 0.8);
            y = net.convolution(y, 4, 4, 3, 2, 0);
            y = net.clip(y, -0.2, 0.5);
            y = net.node("Clip", List.of(net.convolution(y, 4, 4, 1, 1, 0), net.scalar(0), net.scalar(0.6)));
            y = net.node("Clip", List.of(net.convolution(y, 4, 4, 1, 1, 0), net.scalar(0)));
            y = net.node("Relu", net.convolution(y, 4, 4, 1, 1, 0));
            y = net.node("Clip", List.of(y, "", net.scalar(0.3)));
            return net.classifier(y, 4 * 12, 3);
        });
        networks.put("an activation that is read clipped and as it is", net -> {
            String leaky = net.node("LeakyRelu", net.convolution("x", 3, 4, 3, 1, 1), of("alpha", 0.3));
            String clipped = net.clip(leaky, -0.2, 0.4);
            return net.classifier(net.node("Add", List.of(leaky, clipped)), 4 * 63, 3);
        });
        networks.put("pooling", net -> {
            String y = net.node(
                    "AveragePool",
                    net.convolution("x", 3, 6, 1, 1, 0),
                    of("kernel_shape", 3L, 3L),
                    of("strides", 2L, 2L));
            y = net.node("MaxPool", net.node("LeakyRelu", y), of("kernel_shape", 1L, 1L), of("strides", 2L, 2L));
            y = net.node("Pad", List.of(y, net.longs(0L, 0L, 0L, 0L, 0L, 0L, 0L, 0L), net.scalar(0)));
            return net.classifier(net.node("AveragePool", y, of("kernel_shape", 2L, 2L)), 6, 3);
        });
        networks.put("global pooling", net -> {
            String y = net.node("GlobalAveragePool", net.node("LeakyRelu", net.convolution("x", 3, 6, 3, 3, 1)));
            return net.node("Flatten", net.node("GlobalAveragePool", net.convolution(y, 6, 5, 1, 1, 0)));
        });
        networks.put("shapes computed from the batch", net -> {
            String y = net.node("LeakyRelu", net.convolution("x", 3, 4, 3, 1, 1));
            String batch = net.node("Gather", List.of(net.node("Shape", y), net.integer(0)), of("axis", 0L));
            String list = net.opset() < 13
                    ? net.node("Unsqueeze", batch, of("axes", new Long[] {0L}))
                    : net.node("Unsqueeze", List.of(batch, net.longs(0L)));
            String extents = net.node("Concat", List.of(list, net.longs(-1L)), of("axis", 0L));
            y = net.node("Reshape", List.of(y, extents));
            return net.node("MatMul", List.of(y, net.random(-0.2, 0.2, 4 * 63, 3)));
        });
        for (boolean keeps : new boolean[] {true, false}) {
            networks.put("mean over maps, keeping dimensions: " + keeps, net -> {
                String y = net.node("LeakyRelu", net.convolution("x", 3, 6, 3, 3, 1));
                y = net.opset() < 18
                        ? net.node("ReduceMean", y, of("axes", -1L, -2L), of("keepdims", keeps ? 1L : 0L))
                        : net.node("ReduceMean", List.of(y, net.longs(2L, 3L)), of("keepdims", keeps ? 1L : 0L));
                if (keeps) {
                    y = net.opset() < 13
                            ? net.node("Squeeze", y, of("axes", 2L, 3L))
                            : net.node("Squeeze", List.of(y, net.longs(2L, 3L)));
                }
                return net.node("Gemm", List.of(y, net.random(-1, 1, 6, 4)));
            });
        }
        networks.put("matrix multiplication and sums", net -> {
            String y = net.node("Reshape", List.of("x", net.longs(0L, -1L)));
            y = net.node("MatMul", List.of(y, net.random(-0.2, 0.2, 189, 10)));
            y = net.node("LeakyRelu", net.node("Add", List.of(net.random(-0.5, 0.5, 10), y)));
            y = net.node(
                    "Gemm",
                    List.of(y, net.random(-0.5, 0.5, 10, 4), net.random(-1, 1, 1, 4)),
                    of("alpha", 0.5),
                    of("beta", 2.0));
            return net.node("Add", List.of(y, net.scalar(0.25)));
        });
        networks.put("a bias by channel", net -> {
            String y = net.node("Conv", List.of("x", net.random(-0.4, 0.4, 5, 3, 2, 2)));
            y = net.node("LeakyRelu", net.node("Add", List.of(y, net.random(-1, 1, 1, 5, 1, 1))));
            return net.classifier(net.node("Add", List.of(y, net.random(-1, 1, 5, 1, 1))), 5 * 48, 3);
        });
        networks.put("residual blocks", net -> {
            String stem = net.node("LeakyRelu", net.convolution("x", 3, 4, 3, 1, 1));
            String y = net.batchNormalisation(net.convolution(stem, 4, 4, 3, 1, 1), 4);
            y = net.node("LeakyRelu", net.node("Add", List.of(y, stem)));
            String down = net.node("LeakyRelu", net.convolution(y, 4, 6, 3, 2, 1));
            String shortcut = net.convolution(y, 4, 6, 1, 2, 0);
            y = net.node("Add", List.of(net.node("Identity", shortcut), net.convolution(down, 6, 6, 3, 1, 1)));
            y = net.node("Add", List.of(y, y));
            return net.classifier(net.node("LeakyRelu", y), 6 * 20, 3);
        });
        networks.put("what is left out", net -> {
            String y = net.node("Identity", net.convolution("x", 3, 4, 3, 1, 1));
            net.node("Sigmoid", y);
            y = net.opset() < 12
                    ? net.node("Dropout", y, of("ratio", 0.25))
                    : net.node("Dropout", List.of(y, net.scalar(0.25), net.bool(false)));
            String two = net.node(
                    "Constant",
                    List.of(),
                    of(
                            "value",
                            TensorProto.newBuilder()
                                    .setDataType(TensorProto.DataType.FLOAT_VALUE)
                                    .addFloatData(2)));
            y = net.node("Clip", List.of(net.node("LeakyRelu", y), net.scalar(-1), net.node("Identity", two)));
            y = net.node("Reshape", List.of(y, net.longs(-1L, 4L, 9L, 7L)));
            return net.node("Identity", net.classifier(y, 4 * 63, 3));
        });
        return networks;
    }

    static Stream<Arguments> cases() {
        return networks().keySet().stream()
                .flatMap(name -> Stream.of(11, 13, 17, 21).map(opset -> Arguments.of(name, opset)));
    }

    @ParameterizedTest(name = "{0}, opset {1}")
    @MethodSource("cases")
    void logitsAreThoseOfOnnxRuntime(String name, int opset) {
        OnnxBuilder builder = new OnnxBuilder(opset, -1, 3, 9, 7);
        compare(builder.model(networks().get(name).apply(builder)), Shape.of(9, 7, 3));
    }

    @ParameterizedTest
    @MethodSource("features")
    void featuresAreAnInputToo(long batch) {
        OnnxBuilder builder = new OnnxBuilder(13, batch, 11);
        String y = builder.node("Gemm", List.of("x", builder.random(-1, 1, 11, 6)));
        y = builder.node("Reshape", List.of(builder.node("LeakyRelu", y), builder.longs(Math.max(0, batch), -1L)));
        String logits = builder.node("MatMul", List.of(y, builder.random(-1, 1, 6, 4)));
        compare(builder.model(logits), Shape.of(1, 11, 1));
    }

    static Stream<Long> features() {
        return Stream.of(-1L, IMAGES);
    }

    private void compare(ModelProto model, Shape shape) {
        OnnxImport.Result result = OnnxComparison.assertSame(folder, model);
        assertThat(result.require().graph().inputShape()).isEqualTo(shape);
    }
}
