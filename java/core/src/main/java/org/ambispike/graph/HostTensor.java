package org.ambispike.graph;

import java.util.Arrays;

/**
 * Floats in Java memory with a shape; no arithmetic. The array is shared, not copied: whoever makes a tensor from an
 * array gives the array away.
 *
 * @param shape extents, outermost first
 * @param values row-major, as many as the shape has elements
 */
public record HostTensor(Shape shape, float[] values) {
    public HostTensor {
        if (shape.elements() != values.length) {
            throw new IllegalArgumentException(
                    "shape " + shape + " has " + shape.elements() + " elements, got " + values.length + " values");
        }
    }

    public static HostTensor filled(Shape shape, float value) {
        float[] values = new float[Math.toIntExact(shape.elements())];
        Arrays.fill(values, value);
        return new HostTensor(shape, values);
    }

    public HostTensor copy() {
        return new HostTensor(shape, values.clone());
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof HostTensor tensor && shape.equals(tensor.shape) && Arrays.equals(values, tensor.values);
    }

    @Override
    public int hashCode() {
        return 31 * shape.hashCode() + Arrays.hashCode(values);
    }

    @Override
    public String toString() {
        return "HostTensor" + shape;
    }
}
