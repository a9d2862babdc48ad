package org.ambispike.exec;

import java.util.List;
import org.ambispike.graph.Node;
import org.ambispike.graph.Op;

/**
 * A node that gets a step, with all that is decided before buffers and kernels are.
 *
 * @param node the operation, its name, and the nodes whose values its step reads: unless the order counts, those that vary in
 *     time first; of neurons that add a residual sum its two addends, of which the second is in bf16
 * @param position the node's place in the graph it comes from
 * @param varies whether the value differs from time step to time step
 * @param value how it is stored
 * @param leavesBias whether a layer with weights leaves its bias to the neurons that read it
 * @param fused nodes whose work the step does too: the sum or the max pool before neurons
 */
record LoweredNode(Node node, int position, boolean varies, Value value, boolean leavesBias, List<Node> fused) {
    /**
     * How a value is stored.
     *
     * @param spikes the node whose levels a byte is in: the node itself unless it sums spikes of another in bytes
     * @param window how many spikes one element is the sum of; 1 but for such sums
     */
    record Value(StorageType type, String spikes, int window) {}

    LoweredNode {
        fused = List.copyOf(fused);
    }

    String name() {
        return node.name();
    }

    Op op() {
        return node.op();
    }

    /** What the step reads. */
    List<String> inputs() {
        return node.inputs();
    }

    StorageType type() {
        return value.type();
    }
}
