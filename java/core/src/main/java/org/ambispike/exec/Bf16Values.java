package org.ambispike.exec;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.ambispike.backend.Bf16Operations.Storage;
import org.ambispike.graph.Graph;
import org.ambispike.graph.Node;
import org.ambispike.graph.Op;

/**
 * Which values of a spiking network are not stored in f32: spikes, and pools of spikes, that only convolutions, matrix
 * products and neurons read in the end, and the drives that convolutions give to such neurons alone; all in bf16, but in
 * bytes the spikes that only pools read. A sum that one layer of such neurons alone reads is theirs to add, and so is the
 * bias of a layer that gives its drive to such neurons and sums alone. Dropout passes a value on under another name.
 */
final class Bf16Values {
    private final Graph graph;
    /** Of each value, under whatever name they read it. */
    private final Map<String, List<Node>> readers = new HashMap<>();

    private final Set<String> varying = new HashSet<>();
    private final Set<String> stored = new HashSet<>();
    private final Set<String> joined = new HashSet<>();

    Bf16Values(Graph graph) {
        this.graph = graph;
        for (Node node : graph.nodes()) {
            if (node.op() instanceof Op.Spike || node.inputs().stream().anyMatch(varying::contains)) {
                varying.add(node.name());
            }
            if (!(node.op() instanceof Op.Dropout)) {
                node.inputs().forEach(input -> readers.computeIfAbsent(behind(input), name -> new ArrayList<>())
                        .add(node));
            }
        }
        // all that could be, until what does not fit together is gone
        for (Node node : graph.nodes()) {
            if (emitted(node) || node.op() instanceof Op.Conv2d) {
                stored.add(node.name());
            } else if (node.op() instanceof Op.Add) {
                joined.add(node.name());
            }
        }
        int before;
        do {
            before = stored.size() + joined.size();
            stored.removeIf(name -> !fits(graph.node(name)));
            joined.removeIf(name -> !isAddedByNeurons(graph.node(name)));
        } while (stored.size() + joined.size() < before);
    }

    static boolean isProduct(Node node) {
        return node.op() instanceof Op.Conv2d || node.op() instanceof Op.Linear;
    }

    private static boolean emitted(Node node) {
        return node.op() instanceof Op.Spike || node.op() instanceof Op.AveragePool;
    }

    /** The node whose value has this name. */
    String behind(String name) {
        Node node = graph.node(name);
        return node.op() instanceof Op.Dropout ? behind(node.inputs().get(0)) : name;
    }

    /** None of the network's output, which the caller reads. */
    private List<Node> readers(String name) {
        return name.equals(behind(graph.output().name())) ? List.of() : readers.getOrDefault(name, List.of());
    }

    private boolean fits(Node node) {
        List<Node> all = readers(node.name());
        String source = behind(node.inputs().get(0));
        boolean ofSpikes =
                !(node.op() instanceof Op.AveragePool) || stored.contains(source) && emitted(graph.node(source));
        return ofSpikes && !all.isEmpty() && all.stream().allMatch(reader -> takes(reader, node));
    }

    private boolean takes(Node reader, Node value) {
        return isAddedTo(reader)
                || emitted(value) && (isProduct(reader) || emitted(reader) && stored.contains(reader.name()));
    }

    /** Whether a node adds what it reads to the potential of neurons that emit in this form. */
    private boolean isAddedTo(Node reader) {
        return reader.op() instanceof Op.Spike && stored.contains(reader.name()) || joined.contains(reader.name());
    }

    private boolean isAddedByNeurons(Node sum) {
        List<Node> all = readers(sum.name());
        return all.size() == 1
                && all.get(0).op() instanceof Op.Spike
                && stored.contains(all.get(0).name())
                && (isAddend(sum, 0) || isAddend(sum, 1));
    }

    /** The addend is in bf16, and does not vary where the other input does not. */
    private boolean isAddend(Node sum, int index) {
        String addend = sum.inputs().get(index);
        String other = sum.inputs().get(1 - index);
        return stored.contains(behind(addend)) && (varying.contains(other) || !varying.contains(addend));
    }

    /** In which type the value of a node is stored. */
    Storage of(String node) {
        String name = behind(node);
        if (!stored.contains(name)) {
            return Storage.F32;
        }
        boolean pooled = graph.node(name).op() instanceof Op.Spike
                && readers(name).stream().allMatch(reader -> reader.op() instanceof Op.AveragePool);
        return pooled ? Storage.BYTE : Storage.BF16;
    }

    /** Whether a layer with weights leaves its bias to the neurons that read it. */
    boolean leavesBias(String node) {
        String name = behind(node);
        List<Node> all = readers(name);
        return isProduct(graph.node(name)) && !all.isEmpty() && all.stream().allMatch(this::isAddedTo);
    }

    /** Whether a sum is left to the neurons that read it. */
    boolean joins(String node) {
        return joined.contains(behind(node));
    }

    /** What the step of a node reads: of neurons that add a sum, the drive and then the addend, which is in bf16. */
    List<String> reads(Node node) {
        String source = node.op() instanceof Op.Spike ? behind(node.inputs().get(0)) : node.name();
        if (!joins(source)) {
            return node.inputs();
        }
        Node sum = graph.node(source);
        int addend = isAddend(sum, 1) ? 1 : 0;
        return List.of(sum.inputs().get(1 - addend), sum.inputs().get(addend));
    }
}
