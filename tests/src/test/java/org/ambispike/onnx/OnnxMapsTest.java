package org.ambispike.onnx;

import static org.ambispike.onnx.OnnxBuilder.of;

import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Windows over maps and signals, resizing and padding, in every form that exporters write. */
class OnnxMapsTest {
    /** Over images [N, 3, 9, 7]. */
    private interface MapNet {
        String of(OnnxBuilder net);
    }

    @TempDir
    private Path folder;

    private static Map<String, MapNet> networks() {
        Map<String, MapNet> nets = new LinkedHashMap<>();
        nets.put(
                "dilated by direction",
                net -> net.node(
                        "Conv",
                        List.of("x", net.random(-1, 1, 4, 3, 3, 2)),
                        of("dilations", 2L, 3L),
                        of("pads", 1L, 0L, 2L, 1L)));
        nets.put(
                "strides and pads by direction",
                net -> net.node(
                        "Conv",
                        List.of("x", net.random(-1, 1, 4, 3, 1, 3)),
                        of("strides", 3L, 2L),
                        of("pads", 2L, 1L, 0L, 2L)));
        nets.put(
                "depthwise with a multiplier",
                net -> net.node(
                        "Conv",
                        List.of("x", net.random(-1, 1, 6, 1, 3, 3), net.random(-1, 1, 6)),
                        of("group", 3L),
                        of("auto_pad", "SAME_LOWER"),
                        of("strides", 2L, 2L)));
        nets.put("zeros before a convolution", net -> {
            String y = net.node("Pad", List.of("x", net.longs(0L, 0L, 2L, 1L, 0L, 0L, 0L, 3L)));
            return net.node("Conv", List.of(y, net.random(-1, 1, 4, 3, 3, 3)), of("strides", 2L, 2L));
        });
        nets.put("other values around a map", net -> {
            String y = net.node("Pad", List.of("x", net.longs(0L, 1L, 2L, 1L, 0L, 0L, 0L, 3L), net.scalar(0.5)));
            y = net.node("Pad", List.of(y, net.longs(0L, 0L, 2L, 1L, 0L, 0L, 1L, 3L)), of("mode", "reflect"));
            y = net.node("Pad", List.of(y, net.longs(0L, 0L, -1L, 1L, 0L, 0L, 1L, -2L)), of("mode", "edge"));
            return net.node("Conv", List.of(y, net.random(-1, 1, 4, 4, 3, 3)));
        });
        nets.put("maxima over padding", net -> {
            String y = net.node(
                    "Pad",
                    List.of("x", net.longs(0L, 0L, 1L, 0L, 0L, 0L, 1L, 1L), net.scalar(Double.NEGATIVE_INFINITY)));
            y = net.node("MaxPool", y, of("kernel_shape", 3L, 2L), of("strides", 2L, 2L));
            return net.node("MaxPool", y, of("kernel_shape", 2L, 2L), of("pads", 1L, 0L, 0L, 1L));
        });
        nets.put(
                "maxima in ceil mode",
                net -> net.node(
                        "MaxPool", "x", of("kernel_shape", 3L, 2L), of("strides", 2L, 2L), of("ceil_mode", 1L)));
        nets.put("the largest of all", net -> net.node("GlobalMaxPool", "x"));
        for (long counts : new long[] {0, 1}) {
            nets.put(
                    "averages over padding, counted: " + counts,
                    net -> net.node(
                            "AveragePool",
                            "x",
                            of("kernel_shape", 3L, 2L),
                            of("strides", 2L, 1L),
                            of("pads", 1L, 0L, 1L, 1L),
                            of("count_include_pad", counts)));
        }
        nets.put(
                "averages in ceil mode",
                net -> net.node(
                        "AveragePool",
                        "x",
                        of("kernel_shape", 2L, 3L),
                        of("strides", 2L, 2L),
                        of("pads", 1L, 1L, 0L, 0L),
                        of("ceil_mode", 1L)));
        nets.put("means over rows, then columns", net -> {
            String y = net.opset() < 18
                    ? net.node("ReduceMean", "x", of("axes", new Long[] {3L}), of("keepdims", 0L))
                    : net.node("ReduceMean", List.of("x", net.longs(3L)), of("keepdims", 0L));
            return net.opset() < 18
                    ? net.node("ReduceMean", y, of("axes", new Long[] {2L}))
                    : net.node("ReduceMean", List.of(y, net.longs(-1L)));
        });
        nets.put(
                "a mean over channels",
                net -> net.opset() < 18
                        ? net.node("ReduceMean", "x", of("axes", 1L, 3L))
                        : net.node("ReduceMean", List.of("x", net.longs(3L, 1L))));
        nets.put("sums over all", net -> {
            String flat = net.node("Reshape", List.of("x", net.longs(0L, 3L, -1L)));
            return net.opset() < 13
                    ? net.node("ReduceSum", flat, of("axes", new Long[] {2L}))
                    : net.node("ReduceSum", List.of(flat, net.longs(2L)));
        });
        transposed(nets);
        resized(nets);
        return nets;
    }

    private static void transposed(Map<String, MapNet> nets) {
        nets.put(
                "transposed 2x2",
                net -> net.batchNormalisation(
                        net.node(
                                "ConvTranspose",
                                List.of("x", net.random(-1, 1, 3, 4, 2, 2), net.random(-1, 1, 4)),
                                of("strides", 2L, 2L)),
                        4));
        nets.put(
                "transposed 4x4, padded",
                net -> net.node(
                        "ConvTranspose",
                        List.of("x", net.random(-1, 1, 3, 4, 4, 4)),
                        of("strides", 2L, 2L),
                        of("pads", 1L, 1L, 1L, 1L)));
        nets.put(
                "transposed, all forms",
                net -> net.node(
                        "ConvTranspose",
                        List.of("x", net.random(-1, 1, 3, 4, 3, 5)),
                        of("strides", 2L, 3L),
                        of("pads", 0L, 2L, 1L, 1L),
                        of("output_padding", 1L, 2L)));
        nets.put(
                "transposed, much padding",
                net -> net.node(
                        "ConvTranspose",
                        List.of("x", net.random(-1, 1, 3, 2, 4, 4)),
                        of("strides", 2L, 2L),
                        of("pads", 3L, 3L, 3L, 3L)));
        nets.put(
                "transposed, in groups",
                net -> net.batchNormalisation(
                        net.node(
                                "ConvTranspose",
                                List.of("x", net.random(-1, 1, 3, 2, 3, 3)),
                                of("strides", 2L, 2L),
                                of("group", 3L),
                                of("pads", 1L, 1L, 1L, 1L),
                                of("output_padding", 1L, 1L)),
                        6));
        nets.put(
                "transposed and dilated",
                net -> net.node(
                        "ConvTranspose",
                        List.of("x", net.random(-1, 1, 3, 2, 3, 2)),
                        of("strides", 2L, 2L),
                        of("dilations", 2L, 3L)));
        nets.put(
                "transposed, stride 1 and larger than the kernel",
                net -> net.node(
                        "ConvTranspose",
                        List.of(
                                net.node("ConvTranspose", List.of("x", net.random(-1, 1, 3, 2, 3, 3))),
                                net.random(-1, 1, 2, 2, 1, 2)),
                        of("strides", 3L, 3L)));
        nets.put(
                "transposed to a given size",
                net -> net.node(
                        "ConvTranspose",
                        List.of("x", net.random(-1, 1, 3, 2, 3, 3)),
                        of("strides", 2L, 2L),
                        of("output_shape", 18L, 14L)));
    }

    /** Input that opset 11 must have and nothing reads. */
    private static String region(OnnxBuilder net) {
        return net.opset() < 13 ? net.floats(List.of(), 0) : "";
    }

    private static String sizes(OnnxBuilder net, String like, long rows, long columns) {
        String rest = net.node("Slice", List.of(net.node("Shape", like), net.longs(0L), net.longs(2L)));
        return net.node("Concat", List.of(rest, net.longs(rows, columns)), of("axis", 0L));
    }

    private static void resized(Map<String, MapNet> nets) {
        for (String mode : List.of("nearest", "linear", "cubic")) {
            for (String coordinates : List.of("half_pixel", "align_corners", "asymmetric", "pytorch_half_pixel")) {
                nets.put(
                        mode + " resizing, " + coordinates,
                        net -> net.node(
                                "Resize",
                                List.of("x", region(net), net.floats(List.of(1f, 1f, 2f, 3f), 4)),
                                of("mode", mode),
                                of("coordinate_transformation_mode", coordinates)));
                nets.put(
                        mode + " resizing to a size, " + coordinates,
                        net -> net.node(
                                "Resize",
                                List.of("x", region(net), region(net), sizes(net, "x", 6, 11)),
                                of("mode", mode),
                                of("coordinate_transformation_mode", coordinates)));
            }
        }
        for (String rounding : List.of("floor", "ceil", "round_prefer_ceil", "round_prefer_floor")) {
            nets.put(
                    "nearest resizing, " + rounding,
                    net -> net.node(
                            "Resize",
                            List.of("x", region(net), net.floats(List.of(1f, 1f, 0.6f, 1.5f), 4)),
                            of("nearest_mode", rounding)));
        }
        nets.put("resizing to the size of another", net -> {
            String small = net.node("AveragePool", "x", of("kernel_shape", 2L, 2L), of("strides", 2L, 2L));
            String size =
                    net.node("Slice", List.of(net.node("Shape", "x"), net.longs(2L), net.longs(4L), net.longs(0L)));
            String channels = net.node("Slice", List.of(net.node("Shape", small), net.longs(0L), net.longs(2L)));
            String sizes = net.node("Concat", List.of(channels, size), of("axis", 0L));
            String large = net.node(
                    "Resize",
                    List.of(small, region(net), region(net), sizes),
                    of("coordinate_transformation_mode", "asymmetric"),
                    of("nearest_mode", "floor"));
            return net.node("Concat", List.of(large, "x"), of("axis", 1L));
        });
    }

    static Stream<String> names() {
        return networks().keySet().stream();
    }

    @ParameterizedTest
    @MethodSource("names")
    void resultsAreThoseOfOnnxRuntime(String name) {
        for (int opset : new int[] {11, 13, 18}) {
            OnnxComparison.assertSame(
                    folder,
                    opset,
                    OnnxComparison.extents(3, 9, 7),
                    net -> List.of(networks().get(name).of(net)));
        }
    }
}
