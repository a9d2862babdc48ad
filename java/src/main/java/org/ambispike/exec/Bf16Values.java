package org.ambispike.exec;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.ambispike.graph.Graph;
import org.ambispike.graph.Node;
import org.ambispike.graph.Op;

/**
 * Which values of a spiking network are stored in bf16: spikes, and pools of spikes, that only convolutions and matrix
 * products read in the end, and the drives that convolutions give to such neurons alone. The bias of a layer that gives
 * its drive to such neurons alone is theirs to add.
 */
final class Bf16Values {
    private final Map<String, List<Node>> readers = new HashMap<>();
    private final Set<String> stored = new HashSet<>();
    private final Set<String> withoutBias = new HashSet<>();

    Bf16Values(Graph graph) {
        graph.nodes().forEach(node -> node.inputs()
                .forEach(input -> readers.computeIfAbsent(input, name -> new ArrayList<>())
                        .add(node)));
        for (Node node : graph.nodes()) {
            String name = node.name();
            boolean passes = node.op() instanceof Op.AveragePool || node.op() instanceof Op.Dropout;
            if ((node.op() instanceof Op.Spike || passes && holds(node.inputs().get(0))) && readByProducts(name)) {
                stored.add(name);
            }
        }
        for (Node node : graph.nodes()) {
            if (isProduct(node) && readByStoredSpikes(node.name())) {
                withoutBias.add(node.name());
                if (node.op() instanceof Op.Conv2d) {
                    stored.add(node.name());
                }
            }
        }
    }

    static boolean isProduct(Node node) {
        return node.op() instanceof Op.Conv2d || node.op() instanceof Op.Linear;
    }

    private boolean readByProducts(String name) {
        List<Node> all = readers.getOrDefault(name, List.of());
        return !all.isEmpty()
                && all.stream()
                        .allMatch(reader -> isProduct(reader)
                                || (reader.op() instanceof Op.AveragePool || reader.op() instanceof Op.Dropout)
                                        && readByProducts(reader.name()));
    }

    /** Not through dropout: it passes the drive on under another name. */
    private boolean readByStoredSpikes(String name) {
        List<Node> all = readers.getOrDefault(name, List.of());
        return !all.isEmpty()
                && all.stream().allMatch(reader -> reader.op() instanceof Op.Spike && holds(reader.name()));
    }

    boolean holds(String node) {
        return stored.contains(node);
    }

    /** Whether a layer with weights leaves its bias to the neurons that read it. */
    boolean leavesBias(String node) {
        return withoutBias.contains(node);
    }
}
