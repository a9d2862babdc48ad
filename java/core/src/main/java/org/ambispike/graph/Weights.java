package org.ambispike.graph;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.UnaryOperator;

/** The parameters of a graph by full name, in a fixed order. Immutable as far as its users keep to it. */
public final class Weights {
    private final Map<String, HostTensor> tensors;

    public Weights(Map<String, HostTensor> tensors) {
        this.tensors = Collections.unmodifiableMap(new LinkedHashMap<>(tensors));
    }

    public Map<String, HostTensor> tensors() {
        return tensors;
    }

    public boolean contains(String name) {
        return tensors.containsKey(name);
    }

    /**
     * One parameter.
     *
     * @throws IllegalArgumentException if there is none of that name
     */
    public HostTensor get(String name) {
        HostTensor tensor = tensors.get(name);
        if (tensor == null) {
            throw new IllegalArgumentException("no parameter '" + name + "'; there are " + tensors.keySet());
        }
        return tensor;
    }

    /** A copy in which one parameter is replaced or added. */
    public Weights with(String name, HostTensor tensor) {
        Map<String, HostTensor> changed = new LinkedHashMap<>(tensors);
        changed.put(name, tensor);
        return new Weights(changed);
    }

    /** A copy in which the parameters of others are replaced or added. */
    public Weights with(Weights others) {
        Map<String, HostTensor> changed = new LinkedHashMap<>(tensors);
        changed.putAll(others.tensors);
        return new Weights(changed);
    }

    /**
     * Those of one graph, in its order.
     *
     * @throws IllegalArgumentException if one is missing
     */
    public Weights of(Graph graph) {
        Map<String, HostTensor> chosen = new LinkedHashMap<>();
        graph.parameterShapes().keySet().forEach(name -> chosen.put(name, get(name)));
        return new Weights(chosen);
    }

    /** A copy in which one parameter is mapped. */
    public Weights map(String name, UnaryOperator<HostTensor> mapping) {
        return with(name, mapping.apply(get(name)));
    }

    public long elements() {
        return tensors.values().stream()
                .mapToLong(tensor -> tensor.shape().elements())
                .sum();
    }
}
