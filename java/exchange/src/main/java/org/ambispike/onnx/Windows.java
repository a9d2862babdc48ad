package org.ambispike.onnx;

import java.util.List;
import org.ambispike.graph.Shape;

/**
 * The windows of a convolution or pooling node, as ONNX describes them.
 *
 * @param kernelHeight rows
 * @param kernelWidth columns
 * @param stride in both directions
 * @param top zeros above; and so on
 */
record Windows(int kernelHeight, int kernelWidth, int stride, int top, int left, int bottom, int right) {
    private static final int MOST = 1 << 15;
    /** The largest kernel that zeros are put around. */
    private static final int MOST_ENLARGED = 15;

    /**
     * Where a kernel stands in a square one, the rest of which is zeros.
     *
     * @param kernel rows and columns of the square
     * @param padding on every side
     * @param row of the square in which the kernel begins
     * @param column in which it begins
     */
    record Square(int kernel, int padding, int row, int column) {}

    /**
     * From strides, pads, auto_pad and dilations.
     *
     * @param kernel [kh, kw]
     */
    static Windows of(OnnxNode node, Shape input, List<Integer> kernel) {
        if (kernel.size() != 2) {
            throw new Refusal("its kernel is " + kernel + ", expected 2 extents: only images are supported");
        }
        List<Long> dilations = pair(node, "dilations", List.of(1L, 1L));
        if (!dilations.equals(List.of(1L, 1L))) {
            throw new Refusal("its windows are dilated by " + dilations + "; only 1 is supported");
        }
        List<Long> strides = pair(node, "strides", List.of(1L, 1L));
        if (!strides.get(0).equals(strides.get(1))) {
            throw new Refusal("its strides " + strides + " differ by direction; only equal ones are supported");
        }
        int stride = bounded(strides.get(0), 1, "stride");
        String automatic = node.text("auto_pad", "NOTSET");
        List<Long> pads = node.integers("pads").orElse(List.of(0L, 0L, 0L, 0L));
        if (pads.size() != 4) {
            throw new Refusal("it has " + pads.size() + " paddings, expected 4: only images are supported");
        }
        return switch (automatic) {
            case "NOTSET" -> new Windows(
                    kernel.get(0),
                    kernel.get(1),
                    stride,
                    bounded(pads.get(0), 0, "padding"),
                    bounded(pads.get(1), 0, "padding"),
                    bounded(pads.get(2), 0, "padding"),
                    bounded(pads.get(3), 0, "padding"));
            case "VALID" -> new Windows(kernel.get(0), kernel.get(1), stride, 0, 0, 0, 0);
            case "SAME_UPPER", "SAME_LOWER" -> same(kernel, stride, input, automatic.equals("SAME_UPPER"));
            default -> throw new Refusal("its auto_pad is '" + Names.printable(automatic) + "'");
        };
    }

    /** As many windows as the input has extents over the stride, rounded up. */
    private static Windows same(List<Integer> kernel, int stride, Shape input, boolean upper) {
        int rows = missing(input.extent(0), kernel.get(0), stride);
        int columns = missing(input.extent(1), kernel.get(1), stride);
        int less = upper ? 0 : 1;
        int top = (rows + less) / 2;
        int left = (columns + less) / 2;
        return new Windows(kernel.get(0), kernel.get(1), stride, top, left, rows - top, columns - left);
    }

    private static int missing(int extent, int kernel, int stride) {
        int windows = (extent + stride - 1) / stride;
        return Math.max(0, (windows - 1) * stride + kernel - extent);
    }

    /** kernel_shape, which pooling must have. */
    static List<Integer> kernelShape(OnnxNode node) {
        return node.integers("kernel_shape").orElseThrow(() -> new Refusal("it lacks kernel_shape")).stream()
                .map(extent -> bounded(extent, 1, "kernel"))
                .toList();
    }

    private static List<Long> pair(OnnxNode node, String key, List<Long> otherwise) {
        List<Long> values = node.integers(key).orElse(otherwise);
        if (values.size() != 2) {
            throw new Refusal("its " + key + " are " + values + ", expected 2: only images are supported");
        }
        return values;
    }

    private static int bounded(long value, int least, String what) {
        if (value < least || value > MOST) {
            throw new Refusal("its " + what + " is " + value);
        }
        return (int) value;
    }

    boolean padded() {
        return top + left + bottom + right > 0;
    }

    int outHeight(Shape input) {
        return outputs(input.extent(0) + top + bottom, kernelHeight);
    }

    int outWidth(Shape input) {
        return outputs(input.extent(1) + left + right, kernelWidth);
    }

    private int outputs(int extent, int kernel) {
        if (extent < kernel) {
            throw new Refusal("its kernel of " + kernel + " does not fit into " + extent);
        }
        return (extent - kernel) / stride + 1;
    }

    /**
     * The same windows with a square kernel and equal padding on all sides: zeros around the kernel change no sum.
     *
     * @throws Refusal if there is none that is not much larger
     */
    Square square(Shape input) {
        int smallest = Math.max(kernelHeight, kernelWidth);
        int largest = Math.max(smallest, Math.min(MOST_ENLARGED, 2 * smallest + 1));
        for (int kernel = smallest; kernel <= largest; kernel++) {
            for (int padding = Math.max(top, left); padding < kernel; padding++) {
                Square square = new Square(kernel, padding, padding - top, padding - left);
                if (fits(square, input)) {
                    return square;
                }
            }
        }
        throw new Refusal("its kernel " + kernelHeight + "x" + kernelWidth + " with padding "
                + List.of(top, left, bottom, right) + " cannot be written as a square one with equal padding");
    }

    private boolean fits(Square square, Shape input) {
        return square.row() + kernelHeight <= square.kernel()
                && square.column() + kernelWidth <= square.kernel()
                && windows(input.extent(0), square) == outHeight(input)
                && windows(input.extent(1), square) == outWidth(input);
    }

    private int windows(int extent, Square square) {
        int padded = extent + 2 * square.padding();
        return padded < square.kernel() ? 0 : (padded - square.kernel()) / stride + 1;
    }
}
