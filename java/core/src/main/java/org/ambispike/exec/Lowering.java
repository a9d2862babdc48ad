package org.ambispike.exec;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.ambispike.graph.Graph;
import org.ambispike.graph.Node;

/**
 * Turns a graph into a lowered one: leaves out what only training does where it is for inference, and decides of each value in
 * which type it is stored and whether it varies in time, of each layer whether it adds its bias, and of each sum and max
 * pool whether neurons do it. Knows no device and no memory; what it must know of an operation is its {@link LoweringRule}.
 */
final class Lowering {
    private final Graph graph;
    private final StorageScheme scheme;
    private final Map<String, Candidate> candidates = new LinkedHashMap<>();

    private Lowering(Graph graph, StorageScheme scheme) {
        this.graph = graph;
        this.scheme = scheme;
    }

    /**
     * Lowers a graph.
     *
     * @param options of training, where dropout is active, the scheme is F32
     */
    static LoweredGraph lower(Graph graph, StorageScheme scheme, ExecutionOptions options) {
        if (options.training() && scheme != StorageScheme.F32) {
            throw new IllegalArgumentException("training stores all values in f32, not by the scheme " + scheme);
        }
        Lowering lowering = new Lowering(graph, scheme);
        lowering.connect(options);
        lowering.narrow();
        return lowering.result();
    }

    private void connect(ExecutionOptions options) {
        LoweringRules rules = new LoweringRules(!options.training() && !options.smooth() && !options.drives());
        List<Node> given = graph.given();
        for (Node node : graph.nodes()) {
            List<Candidate> inputs = node.inputs().stream().map(candidates::get).toList();
            LoweringRule rule =
                    given.contains(node) ? LoweringRule.GIVEN : node.op().accept(rules);
            Candidate candidate =
                    rule.isForTrainingOnly() && !options.training() ? inputs.get(0) : new Candidate(node, rule, inputs);
            candidates.put(node.name(), candidate);
        }
        candidates.get(graph.output().name()).markOutput();
    }

    /** Begins with all that could be narrow or fused, and takes away what does not fit together until nothing changes. */
    private void narrow() {
        candidates.values().forEach(candidate -> candidate.restrict(true, true));
        boolean changed = true;
        while (changed) {
            changed = false;
            for (Candidate candidate : candidates.values()) {
                boolean narrow = candidate.isNarrow() && mayBeNarrow(candidate);
                boolean fused = candidate.isFused() && candidate.rule().isFusible(candidate, scheme);
                changed |= narrow != candidate.isNarrow() || fused != candidate.isFused();
                candidate.restrict(narrow, fused);
            }
        }
    }

    private boolean mayBeNarrow(Candidate node) {
        return node.rule().gives(node, scheme)
                && !node.readers().isEmpty()
                && node.readers().stream().allMatch(reader -> reader.rule().takes(reader, node, scheme));
    }

    private LoweredGraph result() {
        List<LoweredNode> nodes = new ArrayList<>();
        for (int position = 0; position < graph.nodes().size(); position++) {
            Node node = graph.nodes().get(position);
            Candidate candidate = candidates.get(node.name());
            boolean skipped = candidate.node() != node;
            if (!skipped && !candidate.isFused()) {
                nodes.add(lowered(candidate, position));
            }
        }
        String output = candidates.get(graph.output().name()).node().name();
        return new LoweredGraph(graph, scheme, nodes, output);
    }

    private LoweredNode lowered(Candidate candidate, int position) {
        List<Candidate> reads = candidate.inputs();
        List<Node> fused = List.of();
        if (!reads.isEmpty() && candidate.input().isFused()) {
            fused = List.of(candidate.input().node());
            reads = candidate.input().rule().operands(candidate.input());
        }
        boolean ordered = candidate.rule().keepsOrder();
        List<String> inputs = reads.stream()
                .sorted(Comparator.comparing(input -> !ordered && !input.varies()))
                .map(input -> input.node().name())
                .toList();
        Node node = new Node(candidate.node().name(), candidate.node().op(), inputs);
        return new LoweredNode(node, position, candidate.varies(), stored(candidate), leavesBias(candidate), fused);
    }

    private boolean leavesBias(Candidate node) {
        return node.rule().hasBias()
                && !node.readers().isEmpty()
                && node.readers().stream().allMatch(reader -> reader.rule().addsBias(reader, scheme));
    }

    private LoweredNode.Value stored(Candidate node) {
        if (!node.isNarrow()) {
            return new LoweredNode.Value(StorageType.F32, node.node().name(), 1);
        }
        StorageType type = node.rule().narrowType(node, scheme);
        boolean sum = type == StorageType.LEVELS && node.rule().poolsSpikes();
        String spikes = sum ? node.input().node().name() : node.node().name();
        return new LoweredNode.Value(type, spikes, sum ? node.rule().window() : 1);
    }
}
