package org.ambispike.exec;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.ambispike.backend.Int8Operations;
import org.ambispike.graph.Graph;
import org.ambispike.graph.Node;
import org.ambispike.graph.Op;

/**
 * Which values of a spiking network are stored as bytes: spikes that only convolutions, matrix products, average pools and
 * sums read, and the sums of pools over so few of them that enough levels are left, where weights alone read them.
 */
final class Int8Values {
    /** Sums of larger windows become f32 means: spikes would have fewer than 31 levels. */
    private static final int LARGEST_SUM = 4;

    /** The largest kernel of a pool that the kernels take. */
    private static final int LARGEST_POOL = 15;

    /**
     * A value in bytes.
     *
     * @param spikes the node that emits them
     * @param window how many spikes are summed in one byte
     */
    record Bytes(String spikes, int window) {}

    private final Map<String, List<Node>> readers = new HashMap<>();
    private final Map<String, Bytes> values = new HashMap<>();

    Int8Values(Graph graph) {
        graph.nodes().forEach(node -> node.inputs()
                .forEach(input -> readers.computeIfAbsent(input, name -> new ArrayList<>())
                        .add(node)));
        for (Node node : graph.nodes()) {
            String name = node.name();
            if (node.op() instanceof Op.Spike && readBy(name, true)) {
                values.put(name, new Bytes(name, 1));
            } else if (node.op() instanceof Op.Dropout && holds(node.inputs().get(0))) {
                values.put(name, values.get(node.inputs().get(0)));
            } else if (node.op() instanceof Op.AveragePool pool
                    && holds(node.inputs().get(0))) {
                int window = pool.geometry().kernel() * pool.geometry().kernel();
                if (window <= LARGEST_SUM && readBy(name, false)) {
                    values.put(name, new Bytes(values.get(node.inputs().get(0)).spikes(), window));
                }
            }
        }
    }

    /** @param spikes whether the value is one of single spikes, which pools and sums take too */
    private boolean readBy(String name, boolean spikes) {
        List<Node> all = readers.getOrDefault(name, List.of());
        return !all.isEmpty() && all.stream().allMatch(reader -> takes(reader, spikes));
    }

    private boolean takes(Node reader, boolean spikes) {
        if (reader.op() instanceof Op.Dropout) {
            return readBy(reader.name(), spikes);
        }
        if (reader.op() instanceof Op.AveragePool pool) {
            return spikes && pool.geometry().kernel() <= LARGEST_POOL;
        }
        return reader.op() instanceof Op.Conv2d
                || reader.op() instanceof Op.Linear
                || spikes && reader.op() instanceof Op.Add;
    }

    boolean holds(String node) {
        return values.containsKey(node);
    }

    /** @throws IllegalArgumentException if the value is not stored as bytes */
    Bytes of(String node) {
        if (!holds(node)) {
            throw new IllegalArgumentException("the value of '" + node + "' is not stored as bytes");
        }
        return values.get(node);
    }

    /** The levels that one spike of a node may have, so that all sums over it fit into bytes. */
    int mostLevels(String spikes) {
        int window = values.values().stream()
                .filter(bytes -> bytes.spikes().equals(spikes))
                .mapToInt(Bytes::window)
                .max()
                .orElse(1);
        return Int8Operations.MOST_LEVELS / window;
    }
}
