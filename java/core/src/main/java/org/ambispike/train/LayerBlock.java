package org.ambispike.train;

import java.util.ArrayList;
import java.util.List;
import org.ambispike.common.InputException;
import org.ambispike.graph.Graph;
import org.ambispike.graph.Node;
import org.ambispike.graph.Op;

/**
 * A part of a spiking network that can be calibrated by itself, for it reads one value of the rest and gives one: a
 * layer with its neurons or, where a value is read beside them, a whole residual block.
 *
 * @param graph whose input has the name of the node it is read from, the network's input or a neuron layer, and whose
 *     output is a neuron layer; its nodes have their names in the network
 * @param first whether it reads the network's input
 */
public record LayerBlock(Graph graph, boolean first) {
    /** The node whose values the block reads. */
    public String source() {
        return graph.nodes().get(0).name();
    }

    /** The neuron layer that the block ends with. */
    public String name() {
        return graph.output().name();
    }

    /**
     * All parts of a network in order, up to its last neurons; what follows those does not fire.
     *
     * @throws InputException naming the first neuron layer that is in no part, for something is read beside it
     */
    public static List<LayerBlock> of(Graph network) {
        List<Node> nodes = network.nodes();
        List<LayerBlock> blocks = new ArrayList<>();
        int begin = 0;
        for (int index = 1; index < nodes.size(); index++) {
            if (nodes.get(index).op().isNeuron() && separates(nodes, index)) {
                List<Node> part = new ArrayList<>();
                String source = nodes.get(begin).name();
                part.add(new Node(source, new Op.Input(network.shape(source)), List.of()));
                part.addAll(nodes.subList(begin + 1, index + 1));
                blocks.add(new LayerBlock(new Graph(part), begin == 0));
                begin = index;
            }
        }
        nodes.subList(begin + 1, nodes.size()).stream()
                .filter(node -> node.op().isNeuron())
                .findFirst()
                .ifPresent(node -> {
                    throw new InputException("neurons '" + node.name() + "' cannot be calibrated by themselves, for"
                            + " values from before them are read after them; calibrate all layers jointly");
                });
        return List.copyOf(blocks);
    }

    /** Whether no later node reads what lies before. */
    private static boolean separates(List<Node> nodes, int index) {
        List<String> before = nodes.subList(0, index).stream().map(Node::name).toList();
        return nodes.subList(index + 1, nodes.size()).stream()
                .flatMap(node -> node.inputs().stream())
                .noneMatch(before::contains);
    }
}
