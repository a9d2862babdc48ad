package org.ambispike.onnx;

import java.util.List;
import java.util.stream.IntStream;

/**
 * A constant: of the file, or computed from constants and shapes. Values are read where they lie, for weights may be large.
 *
 * @param extents outermost first; none for a scalar, and one may be 0
 * @param numbers row-major
 * @param integers whether they are integers or truths
 */
record OnnxTensor(List<Integer> extents, Numbers numbers, boolean integers) {
    /** The most values that are computed, rather than read. */
    static final int MOST_COMPUTED = 1 << 24;

    private static final int MOST_MOVED = 1 << 16;

    /** Values by their place. */
    interface Numbers {
        double at(int index);
    }

    OnnxTensor {
        extents = List.copyOf(extents);
    }

    static OnnxTensor of(List<Integer> extents, double[] values, boolean integers) {
        return new OnnxTensor(extents, index -> values[index], integers);
    }

    /** Returns a list of values, or one alone. */
    static OnnxTensor of(double[] values, boolean scalar, boolean integers) {
        return of(scalar ? List.of() : List.of(values.length), values, integers);
    }

    /** @throws Refusal if the extents stand for more values than are computed */
    static OnnxTensor computed(List<Integer> extents, boolean integers, Numbers numbers) {
        int size = computable(extents);
        if (integers) {
            return of(extents, IntStream.range(0, size).mapToDouble(numbers::at).toArray(), true);
        }
        float[] values = new float[size];
        for (int index = 0; index < size; index++) {
            values[index] = (float) numbers.at(index);
        }
        return new OnnxTensor(extents, index -> values[index], false);
    }

    /** Values in another order or number: computed where they are few, and looked up where they may be large weights. */
    static OnnxTensor moved(List<Integer> extents, boolean integers, Numbers numbers) {
        OnnxTensor tensor = new OnnxTensor(extents, numbers, integers);
        return tensor.size() <= MOST_MOVED ? computed(extents, integers, numbers) : tensor;
    }

    static int computable(List<Integer> extents) {
        long count = 1;
        for (int extent : extents) {
            count *= extent;
            if (extent < 0 || count > MOST_COMPUTED) {
                throw new Refusal("it computes a constant of extents " + extents + ", which is not supported");
            }
        }
        return (int) count;
    }

    int rank() {
        return extents.size();
    }

    int size() {
        int count = 1;
        for (int extent : extents) {
            count = Math.multiplyExact(count, extent);
        }
        return count;
    }

    double at(int index) {
        return numbers.at(index);
    }

    double[] values() {
        return IntStream.range(0, size()).mapToDouble(numbers::at).toArray();
    }

    long[] longs() {
        return IntStream.range(0, size())
                .mapToLong(index -> (long) numbers.at(index))
                .toArray();
    }

    /** Returns the one value. */
    double one() {
        if (size() != 1) {
            throw new Refusal("it has a constant " + extents + ", expected one value");
        }
        return at(0);
    }

    OnnxTensor reshaped(List<Integer> other) {
        return new OnnxTensor(other, numbers, integers);
    }
}
