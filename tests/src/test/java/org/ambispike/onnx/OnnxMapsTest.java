package org.ambispike.onnx;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.ambispike.onnx.OnnxComparison.Net;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Windows over maps and signals, resizing and padding, in every form that exporters write. */
class OnnxMapsTest {
    @TempDir
    private Path folder;

    /** Over images [N, 3, 9, 7]. */
    private static Map<String, String> networks() {
        Map<String, String> networks = OnnxText.cases(
                """
                dilated by direction: Conv(x, ~[4, 3, 3, 2], dilations = [2, 3], pads = [1, 0, 2, 1])
                strides and pads by direction: Conv(x, ~[4, 3, 1, 3], strides = [3, 2], pads = [2, 1, 0, 2])
                depthwise with a multiplier:
                    Conv(x, ~[6, 1, 3, 3], ~[6], group = 3, auto_pad = SAME_LOWER, strides = [2, 2])
                zeros before a convolution: Conv(Pad(x, [0, 0, 2, 1, 0, 0, 0, 3]), ~[4, 3, 3, 3], strides = [2, 2])
                other values around a map:
                    y = Pad(x, [0, 1, 2, 1, 0, 0, 0, 3], 0.5);
                    y = Pad(y, [0, 0, 2, 1, 0, 0, 1, 3], mode = reflect);
                    y = Pad(y, [0, 0, -1, 1, 0, 0, 1, -2], mode = edge);
                    Conv(y, ~[4, 4, 3, 3])
                maxima over padding:
                    y = MaxPool(Pad(x, [0, 0, 1, 0, 0, 0, 1, 1], -inf), kernel_shape = [3, 2], strides = [2, 2]);
                    MaxPool(y, kernel_shape = [2, 2], pads = [1, 0, 0, 1])
                maxima in ceil mode: MaxPool(x, kernel_shape = [3, 2], strides = [2, 2], ceil_mode = 1)
                the largest of all: GlobalMaxPool(x)
                averages over padding:
                    AveragePool(x, kernel_shape = [3, 2], strides = [2, 1], pads = [1, 0, 1, 1], count_include_pad = 0)
                averages over padding, which counts:
                    AveragePool(x, kernel_shape = [3, 2], strides = [2, 1], pads = [1, 0, 1, 1], count_include_pad = 1)
                averages in ceil mode:
                    AveragePool(x, kernel_shape = [2, 3], strides = [2, 2], pads = [1, 1, 0, 0], ceil_mode = 1)
                means over rows, then columns: ReduceMean(ReduceMean(x, axes @ 18 = [3], keepdims = 0), axes @ 18 = [-1])
                a mean over channels: ReduceMean(x, axes @ 18 = [1, 3])
                sums over all: ReduceSum(Reshape(x, [0, 3, -1]), axes @ 13 = [2])
                transposed 2x2: norm(ConvTranspose(x, ~[3, 4, 2, 2], ~[4], strides = [2, 2]), 4)
                transposed 4x4, padded: ConvTranspose(x, ~[3, 4, 4, 4], strides = [2, 2], pads = [1, 1, 1, 1])
                transposed, all forms:
                    ConvTranspose(x, ~[3, 4, 3, 5], strides = [2, 3], pads = [0, 2, 1, 1], output_padding = [1, 2])
                transposed, much padding: ConvTranspose(x, ~[3, 2, 4, 4], strides = [2, 2], pads = [3, 3, 3, 3])
                transposed, in groups:
                    y = ConvTranspose(x, ~[3, 2, 3, 3], strides = [2, 2], group = 3, pads = [1, 1, 1, 1],
                        output_padding = [1, 1]);
                    norm(y, 6)
                transposed and dilated: ConvTranspose(x, ~[3, 2, 3, 2], strides = [2, 2], dilations = [2, 3])
                transposed, stride 1 and larger than the kernel:
                    ConvTranspose(ConvTranspose(x, ~[3, 2, 3, 3]), ~[2, 2, 1, 2], strides = [3, 3])
                transposed to a given size: ConvTranspose(x, ~[3, 2, 3, 3], strides = [2, 2], output_shape = [18, 14])
                resizing to the size of another:
                    small = AveragePool(x, kernel_shape = [2, 2], strides = [2, 2]);
                    sizes = Concat(Slice(Shape(small), [0], [2]), Slice(Shape(x), [2], [4], [0]), axis = 0);
                    large = Resize(small, {}[0], {}[0], sizes, coordinate_transformation_mode = asymmetric,
                        nearest_mode = floor);
                    Concat(large, x, axis = 1)""");
        for (String mode : List.of("nearest", "linear", "cubic")) {
            for (String coordinates : List.of("half_pixel", "align_corners", "asymmetric", "pytorch_half_pixel")) {
                String form = ", mode = " + mode + ", coordinate_transformation_mode = " + coordinates + ")";
                networks.put(mode + " resizing, " + coordinates, "Resize(x, {}[0], {1, 1, 2, 3}[4]" + form);
                networks.put(
                        mode + " resizing to a size, " + coordinates,
                        "sizes = Concat(Slice(Shape(x), [0], [2]), [6, 11], axis = 0); Resize(x, {}[0], {}[0], sizes"
                                + form);
            }
        }
        for (String rounding : List.of("floor", "ceil", "round_prefer_ceil", "round_prefer_floor")) {
            networks.put(
                    "nearest resizing, " + rounding,
                    "Resize(x, {}[0], {1, 1, 0.6, 1.5}[4], nearest_mode = " + rounding + ")");
        }
        return networks;
    }

    static Stream<String> names() {
        return networks().keySet().stream();
    }

    @ParameterizedTest
    @MethodSource("names")
    void resultsAreThoseOfOnnxRuntime(String name) {
        for (int opset : new int[] {11, 13, 18}) {
            String region = opset < 13 ? "{}[0]" : "_";
            Net net = OnnxText.of(networks().get(name).replace("{}[0]", region));
            OnnxComparison.assertSame(folder, opset, List.of(3L, 9L, 7L), net);
        }
    }
}
