package org.ambispike.bench;

import java.util.List;
import org.ambispike.graph.Graph;
import org.ambispike.graph.Node;
import org.ambispike.graph.Op;

/** What a chain of convolutions, neurons, pools and products stores in bf16. */
final class Bf16Chain {
    private Bf16Chain() {}

    static boolean isProduct(Node node) {
        return node.op() instanceof Op.Conv2d || node.op() instanceof Op.Linear;
    }

    /** Spikes, their pools, and the drives of convolutions: all but the image and what matrix products give. */
    static boolean stores(Graph graph, Node node) {
        List<Node> nodes = graph.nodes();
        return nodes.indexOf(node) > 0 && !(node.op() instanceof Op.Linear);
    }
}
