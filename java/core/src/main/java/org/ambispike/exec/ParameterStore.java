package org.ambispike.exec;

import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.ambispike.backend.Backend;
import org.ambispike.backend.BatchNormParameters;
import org.ambispike.backend.DeviceBuffer;
import org.ambispike.backend.Segments;
import org.ambispike.graph.Graph;
import org.ambispike.graph.HostTensor;
import org.ambispike.graph.Node;
import org.ambispike.graph.ParameterRole;
import org.ambispike.graph.Shape;
import org.ambispike.graph.Weights;

/**
 * The parameters of a graph on a device, end to end in one buffer, and their gradients in a second one. Those of a role lie
 * next to each other, filters of convolutions first, with zeros between them; names are in the order of the graph. Executors
 * of the same graph share a store. Used by the backend's thread.
 */
public final class ParameterStore implements AutoCloseable {
    /** Where a parameter lies. */
    private record Range(long offset, Shape shape) {}

    private final Backend backend;
    private final Map<String, Range> ranges = new LinkedHashMap<>();
    private final Map<String, DeviceBuffer> values = new LinkedHashMap<>();
    private final Map<String, DeviceBuffer> gradients = new LinkedHashMap<>();
    private final DeviceBuffer allValues;
    private final DeviceBuffer allGradients;
    private long version;

    private ParameterStore(Backend backend, Graph graph, boolean training) {
        this.backend = backend;
        Map<String, Shape> shapes = graph.parameterShapes();
        Map<String, Long> offsets = new HashMap<>();
        long offset = 0;
        for (String name : shapes.keySet().stream().sorted(layout(shapes)).toList()) {
            offsets.put(name, offset);
            offset += Alignment.floats(shapes.get(name).elements());
        }
        shapes.forEach((name, shape) -> ranges.put(name, new Range(offsets.get(name), shape)));
        this.allValues = backend.memory().allocate("parameters", offset * Float.BYTES);
        this.allGradients =
                training ? backend.memory().allocate("gradients", offset * Float.BYTES) : DeviceBuffer.absent();
        backend.memory().fill(allValues, 0);
        if (training) {
            backend.memory().fill(allGradients, 0);
        }
        ranges.forEach((name, range) -> {
            long count = range.shape().elements();
            values.put(name, allValues.slice(name, range.offset(), count));
            if (training) {
                gradients.put(name, allGradients.slice(name + ".gradient", range.offset(), count));
            }
        });
    }

    /** By role, statistics last, and within it by rank. */
    private static Comparator<String> layout(Map<String, Shape> shapes) {
        Comparator<String> byRole = Comparator.comparingInt(
                name -> ParameterRole.of(name).map(Enum::ordinal).orElse(Integer.MAX_VALUE));
        return byRole.thenComparing(name -> -shapes.get(name).rank());
    }

    /**
     * A store that holds the given weights.
     *
     * @param training whether there are gradients
     * @throws IllegalArgumentException if the weights are not those of the graph
     */
    public static ParameterStore create(Backend backend, Graph graph, Weights weights, boolean training) {
        graph.check(weights);
        ParameterStore store = new ParameterStore(backend, graph, training);
        store.load(weights);
        return store;
    }

    /** Takes over the values of all parameters. */
    public void load(Weights weights) {
        values.forEach((name, buffer) -> {
            float[] source = weights.get(name).values();
            backend.memory().upload(source, 0, source.length, buffer);
        });
        changed();
    }

    /** A copy of the values in Java memory. */
    public Weights weights() {
        Map<String, HostTensor> tensors = new LinkedHashMap<>();
        ranges.forEach((name, range) -> {
            float[] target = new float[Math.toIntExact(range.shape().elements())];
            backend.memory().download(values.get(name), target, 0, target.length);
            tensors.put(name, new HostTensor(range.shape(), target));
        });
        return new Weights(tensors);
    }

    public Map<String, DeviceBuffer> values() {
        return values;
    }

    public DeviceBuffer value(String name) {
        return values.get(name);
    }

    public Shape shape(String name) {
        return ranges.get(name).shape();
    }

    /** Absent unless the store is for training. */
    public DeviceBuffer gradient(String name) {
        return gradients.getOrDefault(name, DeviceBuffer.absent());
    }

    /** What a batch normalisation holds. */
    public BatchNormParameters batchNorm(Node node) {
        return new BatchNormParameters(
                value(node.parameter("gamma")),
                value(node.parameter("beta")),
                value(node.parameter("mean")),
                value(node.parameter("variance")));
    }

    /** The gradients of its factor and term; absent unless the store is for training. */
    public BatchNormParameters batchNormGradients(Node node) {
        return new BatchNormParameters(
                gradient(node.parameter("gamma")),
                gradient(node.parameter("beta")),
                DeviceBuffer.absent(),
                DeviceBuffer.absent());
    }

    /** All values, padding included; for optimisers' moments and averages. */
    public DeviceBuffer allValues() {
        return allValues;
    }

    public DeviceBuffer allGradients() {
        return allGradients;
    }

    /** A part of a buffer that is laid out like this store. */
    public DeviceBuffer sliceLike(DeviceBuffer buffer, String name) {
        Range range = ranges.get(name);
        return buffer.slice(name, range.offset(), range.shape().elements());
    }

    /**
     * A part of a buffer that is laid out like this store, from the first to the last of some parameters, with what lies between
     * them.
     *
     * @param names at least one
     * @throws IllegalArgumentException if other parameters lie between them
     */
    public DeviceBuffer sliceLike(DeviceBuffer buffer, List<String> names) {
        long begin = Long.MAX_VALUE;
        long end = 0;
        long floats = 0;
        for (String name : names) {
            Range range = ranges.get(name);
            long padded = Alignment.floats(range.shape().elements());
            begin = Math.min(begin, range.offset());
            end = Math.max(end, range.offset() + padded);
            floats += padded;
        }
        if (floats != end - begin) {
            throw new IllegalArgumentException("other parameters lie between " + names);
        }
        return buffer.slice(names.get(0) + " and " + (names.size() - 1) + " more", begin, end - begin);
    }

    /** Where some parameters lie in a buffer that is laid out like this store, in the order given; the caller closes the result. */
    public Segments segments(String label, List<String> names) {
        return Segments.upload(
                backend,
                label,
                names.stream()
                        .map(ranges::get)
                        .map(range ->
                                new Segments.Range(range.offset(), range.shape().elements()))
                        .toList());
    }

    /** To be called after values were written, so that executors prepare their weights anew. */
    public void changed() {
        version++;
    }

    long version() {
        return version;
    }

    @Override
    public void close() {
        allValues.close();
        allGradients.close();
    }
}
