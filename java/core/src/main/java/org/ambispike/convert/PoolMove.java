package org.ambispike.convert;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.ambispike.graph.Graph;
import org.ambispike.graph.MaxPoolGeometry;
import org.ambispike.graph.Node;
import org.ambispike.graph.Op;
import org.ambispike.graph.SampledAxis;
import org.ambispike.graph.WindowAxis;

/**
 * One move of a max pool, before what it reads. What took its place stands where the pool stood; what nobody reads any more is
 * gone.
 */
final class PoolMove {
    private final Graph graph;
    private final Node pool;
    private final MaxPoolGeometry geometry;
    private final Node source;
    private final Map<String, String> copies;

    /** @param copies gets the activation that is copied, if one is, by the name of the copy */
    PoolMove(Graph graph, Node pool, Map<String, String> copies) {
        this.graph = graph;
        this.pool = pool;
        this.geometry = ((Op.MaxPool) pool.op()).geometry();
        this.source = graph.node(pool.inputs().get(0));
        this.copies = copies;
    }

    /** The graph with the pool moved, if it can be. */
    Optional<Graph> graph() {
        if (isElementwise(source)) {
            return Optional.of(replaced(List.of(
                    new Node(pool.name(), pool.op(), source.inputs()),
                    behind(source, reads(source) == 1, pool.name()))));
        }
        if (source.op() instanceof Op.MaxPool first && reads(source) == 1) {
            return merged(first.geometry(), geometry)
                    .map(whole -> replaced(List.of(new Node(pool.name(), new Op.MaxPool(whole), source.inputs()))));
        }
        if (source.op() instanceof Op.Concat && reachesActivation(source)) {
            return Optional.of(replaced(branches()));
        }
        if (source.op() instanceof Op.Resample map && reachesActivation(source)) {
            return Optional.of(replaced(choosesChannels(map) ? channelsLast(map) : copiedFirst(map)));
        }
        return Optional.empty();
    }

    private static boolean isElementwise(Node node) {
        return node.op() instanceof Op.Activation || node.op() instanceof Op.Dropout;
    }

    /** Whether the pool, moved through this node, would come before an activation. */
    private boolean reachesActivation(Node node) {
        if (node.op() instanceof Op.Resample map) {
            return map.copies() && (choosesChannels(map) ? inputsReach(node) : copiesActivation(map, node));
        }
        return node.op() instanceof Op.Activation
                || (node.op() instanceof Op.Concat || node.op() instanceof Op.Dropout) && inputsReach(node);
    }

    private boolean inputsReach(Node node) {
        return node.inputs().stream().anyMatch(input -> reachesActivation(graph.node(input)));
    }

    private static boolean choosesChannels(Op.Resample map) {
        return map.down().isUnchanged() && map.across().isUnchanged();
    }

    /** Copies of activations are activations of copies, zeros included, where each channel keeps its slope and thresholds. */
    private boolean copiesActivation(Op.Resample map, Node node) {
        return graph.node(node.inputs().get(0)).op() instanceof Op.Activation activation
                && (map.channels().isUnchanged()
                        || !activation.perChannel() && activation.slopes().isEmpty());
    }

    /** How many inputs of nodes a value is. */
    private long reads(Node node) {
        return graph.nodes().stream()
                .flatMap(reader -> reader.inputs().stream())
                .filter(node.name()::equals)
                .count();
    }

    /** An activation or dropout behind another node: itself, or a copy where others still read it. */
    private Node behind(Node original, boolean alone, String input) {
        String name = alone ? original.name() : free(original.name() + "." + pool.name());
        if (!alone && original.op() instanceof Op.Activation) {
            copies.put(name, copies.getOrDefault(original.name(), original.name()));
        }
        return new Node(name, original.op(), List.of(input));
    }

    private String free(String wanted) {
        String name = wanted;
        for (int number = 2; graph.shapes().containsKey(name); number++) {
            name = wanted + number;
        }
        return name;
    }

    /** The pool of a concatenation is the concatenation of pools. */
    private List<Node> branches() {
        List<Node> nodes = new ArrayList<>();
        List<String> joined = new ArrayList<>();
        for (String input : source.inputs()) {
            String name = free(pool.name() + "." + (joined.size() + 1));
            nodes.add(new Node(name, pool(graph.shape(input).extent(-1)), List.of(input)));
            joined.add(name);
        }
        nodes.add(new Node(pool.name(), source.op(), joined));
        return nodes;
    }

    private Op pool(int channels) {
        return new Op.MaxPool(new MaxPoolGeometry(channels, geometry.down(), geometry.across()));
    }

    private List<Node> channelsLast(Op.Resample map) {
        String name = free(pool.name() + ".1");
        Op.Resample smaller = new Op.Resample(
                SampledAxis.unchanged(geometry.down().windows()),
                SampledAxis.unchanged(geometry.across().windows()),
                map.channels());
        return List.of(
                new Node(name, pool(map.channels().extent()), source.inputs()),
                new Node(pool.name(), smaller, List.of(name)));
    }

    /** The drive is copied, then pooled, then activated. */
    private List<Node> copiedFirst(Op.Resample map) {
        Node activation = graph.node(source.inputs().get(0));
        boolean alone = reads(source) == 1;
        String copied = alone ? source.name() : free(source.name() + "." + pool.name());
        return List.of(
                new Node(copied, map, activation.inputs()),
                new Node(pool.name(), pool.op(), List.of(copied)),
                behind(activation, alone && reads(activation) == 1, pool.name()));
    }

    /** Puts nodes, of which the last gives the value, in the place of the pool. */
    private Graph replaced(List<Node> nodes) {
        Map<String, String> renamed =
                Map.of(pool.name(), nodes.get(nodes.size() - 1).name());
        List<String> replacing = nodes.stream().map(Node::name).toList();
        List<Node> all = new ArrayList<>();
        for (Node node : graph.nodes()) {
            if (node == pool) {
                all.addAll(nodes);
            } else if (!replacing.contains(node.name())) {
                List<String> inputs = node.inputs().stream()
                        .map(input -> renamed.getOrDefault(input, input))
                        .toList();
                all.add(new Node(node.name(), node.op(), inputs));
            }
        }
        removeUnread(all, source.name());
        return new Graph(all);
    }

    private static void removeUnread(List<Node> nodes, String name) {
        boolean read = nodes.stream().anyMatch(node -> node.inputs().contains(name));
        for (Node node : List.copyOf(nodes)) {
            if (!read && node.name().equals(name) && node != nodes.get(nodes.size() - 1)) {
                nodes.remove(node);
                node.inputs().forEach(input -> removeUnread(nodes, input));
            }
        }
    }

    /** The pool that two in a row are, if they are one. */
    private static Optional<MaxPoolGeometry> merged(MaxPoolGeometry first, MaxPoolGeometry second) {
        WindowAxis down = merged(first.down(), second.down());
        WindowAxis across = merged(first.across(), second.across());
        boolean one = isMerged(down, first.down(), second.down()) && isMerged(across, first.across(), second.across());
        return one && down.kernel() * across.kernel() <= MaxPoolGeometry.MOST_PLACES
                ? Optional.of(new MaxPoolGeometry(first.channels(), down, across))
                : Optional.empty();
    }

    private static WindowAxis merged(WindowAxis first, WindowAxis second) {
        return new WindowAxis(
                first.extent(),
                (second.kernel() - 1) * first.stride() + first.kernel(),
                first.stride() * second.stride(),
                1,
                second.padding() * first.stride() + first.padding(),
                second.windows());
    }

    /** Whether each window holds what the windows of the second pool reach through the first. */
    private static boolean isMerged(WindowAxis whole, WindowAxis first, WindowAxis second) {
        boolean same = first.stride() <= first.kernel() || second.kernel() == 1;
        for (int window = 0; window < second.windows(); window++) {
            int begin = first(second, window) * first.stride() - first.padding();
            int end = (end(second, window) - 1) * first.stride() - first.padding() + first.kernel();
            same &= Math.max(0, begin) == first(whole, window) && Math.min(first.extent(), end) == end(whole, window);
        }
        return same;
    }

    private static int first(WindowAxis axis, int window) {
        return Math.max(0, window * axis.stride() - axis.padding());
    }

    private static int end(WindowAxis axis, int window) {
        return Math.min(axis.extent(), window * axis.stride() - axis.padding() + axis.kernel());
    }
}
