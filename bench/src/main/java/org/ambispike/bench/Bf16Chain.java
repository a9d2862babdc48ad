package org.ambispike.bench;

import java.util.List;
import org.ambispike.backend.Bf16Operations.Storage;
import org.ambispike.graph.Graph;
import org.ambispike.graph.Node;
import org.ambispike.graph.Op;

/** How a chain of convolutions, neurons, pools and products stores its values in bf16 inference. */
final class Bf16Chain {
    private Bf16Chain() {}

    static boolean isProduct(Node node) {
        return node.op() instanceof Op.Conv2d || node.op() instanceof Op.Linear;
    }

    /** Spikes, their pools, and the drives of convolutions: all but the image and what matrix products give. */
    static Storage storage(Graph graph, Node node) {
        List<Node> nodes = graph.nodes();
        int index = nodes.indexOf(node);
        if (index == 0 || node.op() instanceof Op.Linear) {
            return Storage.F32;
        }
        boolean pooled = node.op() instanceof Op.Spike && nodes.get(index + 1).op() instanceof Op.AveragePool;
        return pooled ? Storage.BYTE : Storage.BF16;
    }
}
