package org.ambispike.onnx;

import static org.ambispike.onnx.OnnxBuilder.of;

import ai.onnx.proto.OnnxMl.ModelProto;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;

/** Makes valid ONNX networks of random operations, shapes and branches, as a seed decides. */
final class RandomOnnxNetworks {
    /** A value [N, channels, height, width]. */
    private record Maps(String name, int channels, int height, int width) {
        Maps named(String other) {
            return new Maps(other, channels, height, width);
        }
    }

    private static final int MOST_CHANNELS = 24;
    private static final int MOST_PLACES = 400;

    private final Random random;
    private final OnnxBuilder net;
    private final List<Maps> seen = new ArrayList<>();

    private RandomOnnxNetworks(Random random) {
        this.random = random;
        int opset = List.of(13, 17, 21).get(random.nextInt(3));
        Maps image = new Maps("x", pick(1, 4), pick(5, 13), pick(5, 13));
        this.net = new OnnxBuilder(opset, -1, image.channels, image.height, image.width);
        seen.add(image);
    }

    /** Makes a network of 4 to 14 operations, and one to three results, of which some are maps. */
    static ModelProto model(long seed) {
        return new RandomOnnxNetworks(new Random(seed)).model();
    }

    private ModelProto model() {
        Maps y = convolution(seen.get(0));
        for (int remaining = pick(3, 13); remaining > 0; remaining--) {
            y = next(y);
            seen.add(y);
        }
        List<String> results = new ArrayList<>(List.of(random.nextBoolean() ? y.name : classifier(y)));
        for (int more = random.nextInt(3) - 1; more > 0; more--) {
            results.add(convolution(seen.get(pick(1, seen.size() - 1))).name);
        }
        return net.model(results.toArray(String[]::new));
    }

    private String classifier(Maps y) {
        Maps pooled = random.nextBoolean() ? y : new Maps(net.node("GlobalAveragePool", y.name), y.channels, 1, 1);
        return net.classifier(pooled.name, (long) pooled.channels * pooled.height * pooled.width, pick(2, 6));
    }

    private Maps next(Maps y) {
        return switch (random.nextInt(17)) {
            case 0, 1 -> convolution(y);
            case 2 -> depthwise(y);
            case 3, 4, 5 -> activation(y);
            case 6 -> y.named(net.batchNormalisation(y.name, y.channels));
            case 7 -> pool(y, "AveragePool");
            case 8 -> pool(y, "MaxPool");
            case 9 -> transposed(y);
            case 10 -> nearest(y);
            case 11 -> concatenated(y);
            case 12 -> residual(y);
            case 13 -> padded(y);
            case 14 -> scaled(y);
            case 15 -> sliced(y);
            default -> shuffled(y);
        };
    }

    private int pick(int least, int most) {
        return least + random.nextInt(most - least + 1);
    }

    private Maps convolution(Maps x) {
        int groups = x.channels % 2 == 0 && random.nextInt(3) == 0 ? 2 : 1;
        return windows(x, groups, groups * pick(1, 6));
    }

    private Maps depthwise(Maps x) {
        return windows(x, x.channels, x.channels);
    }

    private Maps windows(Maps x, int groups, int outputs) {
        int[] extents = {x.height, x.width};
        Long[] kernel = new Long[2];
        Long[] strides = new Long[2];
        Long[] dilations = new Long[2];
        Long[] pads = new Long[4];
        int[] windows = new int[2];
        for (int axis = 0; axis < 2; axis++) {
            int dilation = pick(1, 2);
            int size = Math.min(pick(1, 4), (extents[axis] - 1) / dilation + 1);
            int reach = (size - 1) * dilation + 1;
            int before = random.nextInt(reach);
            int after = random.nextInt(reach);
            int stride = pick(1, 2);
            kernel[axis] = (long) size;
            strides[axis] = (long) stride;
            dilations[axis] = (long) dilation;
            pads[axis] = (long) before;
            pads[axis + 2] = (long) after;
            windows[axis] = (extents[axis] + before + after - reach) / stride + 1;
        }
        List<String> inputs = new ArrayList<>(
                List.of(x.name, net.random(-0.5, 0.5, outputs, x.channels / groups, kernel[0], kernel[1])));
        if (random.nextBoolean()) {
            inputs.add(net.random(-0.3, 0.3, outputs));
        }
        String y = net.node(
                "Conv",
                inputs,
                of("kernel_shape", kernel),
                of("strides", strides),
                of("dilations", dilations),
                of("pads", pads),
                of("group", (long) groups));
        return new Maps(y, outputs, windows[0], windows[1]);
    }

    private Maps activation(Maps x) {
        return x.named(
                switch (random.nextInt(6)) {
                    case 0 -> net.node("Relu", x.name);
                    case 1 -> net.node("Clip", List.of(x.name, net.scalar(0), net.scalar(6)));
                    case 2 -> net.node("PRelu", List.of(x.name, net.random(0, 0.5, x.channels, 1, 1)));
                    case 3 -> net.node("Max", List.of(x.name, net.node("Mul", List.of(x.name, net.scalar(0.2)))));
                    case 4 -> net.node(
                            "Clip",
                            List.of(
                                    net.node("LeakyRelu", x.name, of("alpha", 0.1)),
                                    net.scalar(-0.5),
                                    net.scalar(1.5)));
                    default -> net.node("LeakyRelu", x.name, of("alpha", 0.1));
                });
    }

    private Maps pool(Maps x, String operation) {
        int rows = Math.min(pick(1, 3), x.height);
        int columns = Math.min(pick(1, 3), x.width);
        int stride = pick(1, 2);
        int top = random.nextInt(rows);
        int left = random.nextInt(columns);
        String y = net.node(
                operation,
                x.name,
                of("kernel_shape", (long) rows, (long) columns),
                of("strides", (long) stride, (long) stride),
                of("pads", (long) top, (long) left, 0L, 0L));
        return new Maps(y, x.channels, (x.height + top - rows) / stride + 1, (x.width + left - columns) / stride + 1);
    }

    private Maps transposed(Maps x) {
        if (x.height * x.width * 4 > MOST_PLACES) {
            return activation(x);
        }
        int kernel = pick(2, 4);
        int outputs = pick(1, 5);
        int padding = random.nextInt(kernel) / 2;
        String y = net.node(
                "ConvTranspose",
                List.of(x.name, net.random(-0.4, 0.4, x.channels, outputs, kernel, kernel)),
                of("kernel_shape", (long) kernel, (long) kernel),
                of("strides", 2L, 2L),
                of("pads", (long) padding, (long) padding, (long) padding, (long) padding));
        return new Maps(
                y, outputs, (x.height - 1) * 2 + kernel - 2 * padding, (x.width - 1) * 2 + kernel - 2 * padding);
    }

    private Maps nearest(Maps x) {
        if (x.height * x.width * 4 > MOST_PLACES) {
            return activation(x);
        }
        String y = net.node(
                "Resize",
                List.of(x.name, "", net.floats(List.of(1f, 1f, 2f, 2f), 4)),
                of("mode", "nearest"),
                of("coordinate_transformation_mode", "asymmetric"),
                of("nearest_mode", "floor"));
        return new Maps(y, x.channels, x.height * 2, x.width * 2);
    }

    private Maps concatenated(Maps x) {
        Maps other = seen.stream()
                .filter(maps -> maps.height == x.height && maps.width == x.width)
                .reduce((first, second) -> second)
                .orElse(x);
        if (x.channels + other.channels > MOST_CHANNELS) {
            return activation(x);
        }
        String y = net.node("Concat", List.of(x.name, other.name), of("axis", 1L));
        return new Maps(y, x.channels + other.channels, x.height, x.width);
    }

    private Maps residual(Maps x) {
        String branch = net.convolution(x.name, x.channels, x.channels, 3, 1, 1);
        return x.named(net.node("Add", List.of(x.name, branch)));
    }

    private Maps padded(Maps x) {
        int[] pads = {random.nextInt(3), random.nextInt(3), random.nextInt(3), random.nextInt(3)};
        String y = net.node(
                "Pad", List.of(x.name, net.longs(0L, 0L, (long) pads[0], (long) pads[1], 0L, 0L, (long) pads[2], (long)
                        pads[3])));
        return new Maps(y, x.channels, x.height + pads[0] + pads[2], x.width + pads[1] + pads[3]);
    }

    private Maps scaled(Maps x) {
        String operation = List.of("Mul", "Add", "Sub", "Div").get(random.nextInt(4));
        String constant = random.nextBoolean() ? net.scalar(0.7) : net.random(0.5, 1.5, x.channels, 1, 1);
        return x.named(net.node(operation, List.of(x.name, constant)));
    }

    private Maps sliced(Maps x) {
        int from = random.nextInt(x.height);
        String y =
                net.node("Slice", List.of(x.name, net.longs((long) from), net.longs((long) x.height), net.longs(2L)));
        return new Maps(y, x.channels, x.height - from, x.width);
    }

    /** Channels in another order, through a transposition of five axes; or of maps with their channels last and back. */
    private Maps shuffled(Maps x) {
        if (x.channels % 2 == 0) {
            String parted = net.node(
                    "Reshape", List.of(x.name, net.longs(0L, 2L, x.channels / 2L, (long) x.height, (long) x.width)));
            String turned = net.node("Transpose", parted, of("perm", 0L, 2L, 1L, 3L, 4L));
            return x.named(net.node(
                    "Reshape", List.of(turned, net.longs(0L, (long) x.channels, (long) x.height, (long) x.width))));
        }
        String last = net.node("Transpose", x.name, of("perm", 0L, 2L, 3L, 1L));
        String active = net.node("Relu", last);
        return x.named(net.node("Transpose", active, of("perm", 0L, 3L, 1L, 2L)));
    }
}
