package org.ambispike.onnx;

import ai.onnx.proto.OnnxMl.ModelProto;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
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

    /** Adds what a text describes and returns its result. */
    private String add(String text, Object... values) {
        return OnnxText.of(String.format(Locale.ROOT, text, values)).apply(net).get(0);
    }

    private String classifier(Maps y) {
        Maps pooled = random.nextBoolean() ? y : new Maps(add("GlobalAveragePool(%s)", y.name), y.channels, 1, 1);
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
        int[] kernel = new int[2];
        int[] strides = new int[2];
        int[] dilations = new int[2];
        int[] pads = new int[4];
        int[] windows = new int[2];
        for (int axis = 0; axis < 2; axis++) {
            dilations[axis] = pick(1, 2);
            kernel[axis] = Math.min(pick(1, 4), (extents[axis] - 1) / dilations[axis] + 1);
            int reach = (kernel[axis] - 1) * dilations[axis] + 1;
            pads[axis] = random.nextInt(reach);
            pads[axis + 2] = random.nextInt(reach);
            strides[axis] = pick(1, 2);
            windows[axis] = (extents[axis] + pads[axis] + pads[axis + 2] - reach) / strides[axis] + 1;
        }
        String y = add(
                "Conv(%s, ~[%d, %d, %d, %d], %s, strides = %s, dilations = %s, pads = %s, group = %d)",
                x.name,
                outputs,
                x.channels / groups,
                kernel[0],
                kernel[1],
                random.nextBoolean() ? "~[" + outputs + "]" : "_",
                Arrays.toString(strides),
                Arrays.toString(dilations),
                Arrays.toString(pads),
                groups);
        return new Maps(y, outputs, windows[0], windows[1]);
    }

    private Maps activation(Maps x) {
        String text =
                switch (random.nextInt(6)) {
                    case 0 -> "Relu(%1$s)";
                    case 1 -> "clip(%1$s, 0, 6)";
                    case 2 -> "PRelu(%1$s, Mul(0.2, +[%2$d, 1, 1]))";
                    case 3 -> "Max(%1$s, Mul(%1$s, 0.2))";
                    case 4 -> "clip(LeakyRelu(%1$s, alpha = 0.1), -0.5, 1.5)";
                    default -> "LeakyRelu(%1$s, alpha = 0.1)";
                };
        return x.named(add(text, x.name, x.channels));
    }

    private Maps pool(Maps x, String operation) {
        int rows = Math.min(pick(1, 3), x.height);
        int columns = Math.min(pick(1, 3), x.width);
        int stride = pick(1, 2);
        int top = random.nextInt(rows);
        int left = random.nextInt(columns);
        String y = add(
                "%s(%s, kernel_shape = [%d, %d], strides = [%d, %d], pads = [%d, %d, 0, 0])",
                operation, x.name, rows, columns, stride, stride, top, left);
        return new Maps(y, x.channels, (x.height + top - rows) / stride + 1, (x.width + left - columns) / stride + 1);
    }

    private Maps transposed(Maps x) {
        if (x.height * x.width * 4 > MOST_PLACES) {
            return activation(x);
        }
        int kernel = pick(2, 4);
        int outputs = pick(1, 5);
        int padding = random.nextInt(kernel) / 2;
        String y = add(
                "ConvTranspose(%1$s, ~[%2$d, %3$d, %4$d, %4$d], strides = [2, 2], pads = [%5$d, %5$d, %5$d, %5$d])",
                x.name, x.channels, outputs, kernel, padding);
        return new Maps(
                y, outputs, (x.height - 1) * 2 + kernel - 2 * padding, (x.width - 1) * 2 + kernel - 2 * padding);
    }

    private Maps nearest(Maps x) {
        if (x.height * x.width * 4 > MOST_PLACES) {
            return activation(x);
        }
        String y = add(
                "Resize(%s, _, {1, 1, 2, 2}[4], coordinate_transformation_mode = asymmetric, nearest_mode = floor)",
                x.name);
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
        String y = add("Concat(%s, %s, axis = 1)", x.name, other.name);
        return new Maps(y, x.channels + other.channels, x.height, x.width);
    }

    private Maps residual(Maps x) {
        return x.named(add("Add(%1$s, conv(%1$s, %2$d, %2$d, 3, 1, 1))", x.name, x.channels));
    }

    private Maps padded(Maps x) {
        int[] pads = {random.nextInt(3), random.nextInt(3), random.nextInt(3), random.nextInt(3)};
        String y = add("Pad(%s, [0, 0, %d, %d, 0, 0, %d, %d])", x.name, pads[0], pads[1], pads[2], pads[3]);
        return new Maps(y, x.channels, x.height + pads[0] + pads[2], x.width + pads[1] + pads[3]);
    }

    private Maps scaled(Maps x) {
        String operation = List.of("Mul", "Add", "Sub", "Div").get(random.nextInt(4));
        String constant = random.nextBoolean() ? "0.7" : "+[" + x.channels + ", 1, 1]";
        return x.named(add("%s(%s, %s)", operation, x.name, constant));
    }

    private Maps sliced(Maps x) {
        int from = random.nextInt(x.height);
        String y = add("Slice(%s, [%d], [%d], [2])", x.name, from, x.height);
        return new Maps(y, x.channels, x.height - from, x.width);
    }

    /** Channels in another order, through a transposition of five axes; or of maps with their channels last and back. */
    private Maps shuffled(Maps x) {
        String text = x.channels % 2 == 0
                ? "y = Reshape(%1$s, [0, 2, %5$d, %3$d, %4$d]); y = Transpose(y, perm = [0, 2, 1, 3, 4]);"
                        + " Reshape(y, [0, %2$d, %3$d, %4$d])"
                : "Transpose(Relu(Transpose(%1$s, perm = [0, 2, 3, 1])), perm = [0, 3, 1, 2])";
        return x.named(add(text, x.name, x.channels, x.height, x.width, x.channels / 2));
    }
}
