package org.ambispike;

import java.nio.FloatBuffer;
import java.util.List;
import org.ambispike.graph.Graph;
import org.ambispike.graph.Shape;

/**
 * One result of a network for one image: a vector or a map. Immutable, thread-safe.
 *
 * @param name as the model has it
 * @param shape [H, W, C] or [F]
 * @param values row-major; a view without a copy, read-only, of which each call of {@link #values} gives one of the caller's own
 */
public record OutputValues(String name, Shape shape, FloatBuffer values) {
    /** @throws IllegalArgumentException if there are not as many values as the shape has */
    public OutputValues {
        if (values.remaining() != shape.elements()) {
            throw new IllegalArgumentException(name + ": " + values.remaining() + " values for the shape " + shape);
        }
        values = values.slice().asReadOnlyBuffer();
    }

    /** Takes what an image has of a result from an array of all values, [images, values of all results]. */
    static OutputValues of(Graph.Output output, float[] values, int start) {
        return new OutputValues(
                output.name(), output.shape(), FloatBuffer.wrap(values, start + output.offset(), output.length()));
    }

    /** @throws IllegalArgumentException naming those that there are, if none has the name */
    static Graph.Output named(List<Graph.Output> outputs, String name) {
        return outputs.stream()
                .filter(output -> output.name().equals(name))
                .findFirst()
                .orElseThrow(() -> new IllegalArgumentException("no result '" + name + "'; there are " + outputs));
    }

    @Override
    public FloatBuffer values() {
        return values.duplicate();
    }

    /** Returns a copy, row-major. */
    public float[] toArray() {
        float[] copy = new float[values.remaining()];
        values.duplicate().get(copy);
        return copy;
    }
}
