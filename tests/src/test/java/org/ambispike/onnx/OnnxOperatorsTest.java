package org.ambispike.onnx;

import static org.ambispike.onnx.OnnxBuilder.of;
import static org.assertj.core.api.Assertions.assertThat;

import ai.onnx.proto.OnnxMl.TensorProto;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.ambispike.graph.Shape;
import org.ambispike.onnx.OnnxComparison.Net;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Each operation, in small networks of awkward shapes and every opset: the logits of ONNX Runtime. */
class OnnxOperatorsTest {
    private static final List<Integer> OPSETS = List.of(11, 13, 17, 21);

    @TempDir
    private Path folder;

    /** Over images [N, 3, 9, 7]. */
    private static final Map<String, String> NETWORKS = OnnxText.cases(
            """
            convolutions:
                y = Conv(LeakyRelu(conv(x, 3, 5, 3, 2, 1), alpha = 0.1), ~[4, 5, 2, 2]);
                classifier(Relu(y), 48, 6)
            grouped convolutions:
                y = LeakyRelu(Conv(x, ~[6, 1, 3, 3], group = 3), alpha = 0.1);
                classifier(Relu(norm(Conv(y, ~[4, 3, 2, 2], group = 2), 4)), 96, 6)
            kernels that are not square:
                y = Conv(Conv(x, ~[5, 3, 1, 5], pads = [0, 2, 0, 2]), ~[4, 5, 3, 1], pads = [1, 0, 1, 0]);
                classifier(LeakyRelu(y), 252, 3)
            padding on two sides:
                classifier(LeakyRelu(Conv(x, ~[5, 3, 3, 3], pads = [0, 0, 1, 1], strides = [2, 2])), 60, 3)
            padding of the upper kind:
                classifier(LeakyRelu(Conv(x, ~[5, 3, 4, 4], auto_pad = SAME_UPPER, strides = [2, 2])), 100, 3)
            padding of the lower kind:
                classifier(LeakyRelu(Conv(x, ~[5, 3, 4, 4], auto_pad = SAME_LOWER, strides = [2, 2])), 100, 3)
            a softmax over the classes at the end: Softmax(classifier(LeakyRelu(conv(x, 3, 5, 3, 1, 1)), 315, 4))
            its logarithm: LogSoftmax(classifier(LeakyRelu(conv(x, 3, 5, 3, 1, 1)), 315, 4))
            weight normalisation:
                direction = ~[5, 3, 3, 3];
                length = Sqrt(ReduceSum(Mul(direction, direction), keepdims = 1));
                ratio = Div(length, ReduceL2(direction, keepdims = 1));
                weights = Div(Mul(direction, ratio), ReduceL1(direction, keepdims = 1));
                classifier(Relu(Conv(x, weights)), 175, 3)
            batch normalisation folded:
                y = LeakyRelu(norm(conv(x, 3, 5, 3, 1, 0), 5), alpha = 0.2);
                Gemm(Relu(norm(classifier(y, 175, 8), 8)), ~[8, 4])
            batch normalisation on its own:
                y = conv(norm(x, 3), 3, 5, 3, 1, 1);
                y = Add(y, LeakyRelu(norm(y, 5)));
                MatMul(norm(LeakyRelu(classifier(y, 315, 7)), 7), ~[7, 3])
            slopes and bounds:
                y = clip(PRelu(conv(x, 3, 4, 3, 1, 1), {0.25}[1, 1, 1]), -0.1, 0.8);
                y = clip(conv(y, 4, 4, 3, 2, 0), -0.2, 0.5);
                y = Clip(conv(y, 4, 4, 1, 1, 0), 0.0, 0.6);
                y = Clip(conv(y, 4, 4, 1, 1, 0), 0.0);
                y = Clip(Relu(conv(y, 4, 4, 1, 1, 0)), _, 0.3);
                classifier(y, 48, 3)
            an activation that is read clipped and as it is:
                y = LeakyRelu(conv(x, 3, 4, 3, 1, 1), alpha = 0.3);
                classifier(Add(y, clip(y, -0.2, 0.4)), 252, 3)
            pooling:
                y = AveragePool(conv(x, 3, 6, 1, 1, 0), kernel_shape = [3, 3], strides = [2, 2]);
                y = MaxPool(LeakyRelu(y), kernel_shape = [1, 1], strides = [2, 2]);
                y = Pad(y, [0, 0, 0, 0, 0, 0, 0, 0], 0.0);
                classifier(AveragePool(y, kernel_shape = [2, 2]), 6, 3)
            global pooling:
                y = GlobalAveragePool(LeakyRelu(conv(x, 3, 6, 3, 3, 1)));
                Flatten(GlobalAveragePool(conv(y, 6, 5, 1, 1, 0)))
            shapes computed from the batch:
                y = LeakyRelu(conv(x, 3, 4, 3, 1, 1));
                batch = Gather(Shape(y), 0, axis = 0);
                extents = Concat(Unsqueeze(batch, axes @ 13 = [0]), [-1], axis = 0);
                MatMul(Reshape(y, extents), ~[252, 3])
            means over maps:
                y = LeakyRelu(conv(x, 3, 6, 3, 3, 1));
                Gemm(ReduceMean(y, axes @ 18 = [-1, -2], keepdims = 0), ~[6, 4])
            means over maps that keep dimensions:
                y = LeakyRelu(conv(x, 3, 6, 3, 3, 1));
                y = ReduceMean(y, axes @ 18 = [2, 3], keepdims = 1);
                Gemm(Squeeze(y, axes @ 13 = [2, 3]), ~[6, 4])
            matrix multiplication and sums:
                y = MatMul(Reshape(x, [0, -1]), ~[189, 10]);
                y = LeakyRelu(Add(~[10], y));
                Add(Gemm(y, ~[10, 4], ~[1, 4], alpha = 0.5, beta = 2.0), 0.25)
            a bias by channel:
                y = LeakyRelu(Add(Conv(x, ~[5, 3, 2, 2]), ~[1, 5, 1, 1]));
                classifier(Add(y, ~[5, 1, 1]), 240, 3)
            residual blocks:
                stem = LeakyRelu(conv(x, 3, 4, 3, 1, 1));
                y = LeakyRelu(Add(norm(conv(stem, 4, 4, 3, 1, 1), 4), stem));
                down = LeakyRelu(conv(y, 4, 6, 3, 2, 1));
                y = Add(Identity(conv(y, 4, 6, 1, 2, 0)), conv(down, 6, 6, 3, 1, 1));
                classifier(LeakyRelu(Add(y, y)), 120, 3)""");

    static Stream<Arguments> cases() {
        return NETWORKS.keySet().stream().flatMap(name -> OPSETS.stream().map(opset -> Arguments.of(name, opset)));
    }

    @ParameterizedTest(name = "{0}, opset {1}")
    @MethodSource("cases")
    void logitsAreThoseOfOnnxRuntime(String name, int opset) {
        compare(new OnnxBuilder(opset, -1, 3, 9, 7), OnnxText.of(NETWORKS.get(name)), Shape.of(9, 7, 3));
    }

    @Test
    void whatDoesNotMatterIsLeftOut() {
        TensorProto.Builder two = TensorProto.newBuilder()
                .setDataType(TensorProto.DataType.FLOAT_VALUE)
                .addFloatData(2);
        for (int opset : OPSETS) {
            OnnxBuilder net = new OnnxBuilder(opset, -1, 3, 9, 7);
            String y = net.node("Identity", net.convolution("x", 3, 4, 3, 1, 1));
            net.node("Sigmoid", y);
            y = net.opset() < 12
                    ? net.node("Dropout", y, of("ratio", 0.25))
                    : net.node("Dropout", List.of(y, net.scalar(0.25), net.bool(false)));
            String high = net.node("Identity", net.node("Constant", List.of(), of("value", two)));
            y = net.node("Clip", List.of(net.node("LeakyRelu", y), net.scalar(-1), high));
            y = net.node("Reshape", List.of(y, net.longs(-1L, 4L, 9L, 7L)));
            String logits = net.node("Identity", net.classifier(y, 4 * 63, 3));
            compare(net, same -> List.of(logits), Shape.of(9, 7, 3));
        }
    }

    @ParameterizedTest
    @ValueSource(longs = {-1, 3})
    void featuresAreAnInputToo(long batch) {
        Net net = OnnxText.of(
                "y = Reshape(LeakyRelu(Gemm(x, ~[11, 6])), [" + Math.max(0, batch) + ", -1]); MatMul(y, ~[6, 4])");
        compare(new OnnxBuilder(13, batch, 11), net, Shape.of(1, 11, 1));
    }

    private void compare(OnnxBuilder builder, Net net, Shape shape) {
        OnnxImport.Result result = OnnxComparison.assertSame(
                folder, builder.model(net.apply(builder).toArray(String[]::new)));
        assertThat(result.require().graph().inputShape()).isEqualTo(shape);
    }
}
