package org.ambispike.exec;

import java.util.List;
import java.util.Optional;
import org.ambispike.exec.MemoryPlan.Slot;
import org.ambispike.exec.Planner.Value;
import org.ambispike.graph.Node;
import org.ambispike.graph.Op;

/** Plans the steps that emit, give or read values in another form than f32, for inference. */
interface StoredForm {
    /** Bytes of one element of a node's value. */
    int elementBytes(Node node);

    /** Whether the step of a node is planned here. */
    boolean plans(Node node);

    /**
     * Plans the kernel of a layer with weights, where {@link #plans} says so; returns its wish for scratch, in bytes.
     *
     * @param varies whether what it reads differs from step to step
     */
    long planKernel(Node node, boolean varies);

    /** The nodes whose values the step of a node reads. */
    default List<String> reads(Node node) {
        return node.inputs();
    }

    /** Whether a node has no step, because the one that reads its value does its work. */
    default boolean joins(Node node) {
        return false;
    }

    /**
     * How a layer of neurons emits its spikes, if it does so in this form.
     *
     * @param inputs what its step reads, the drive first
     */
    Optional<SpikeOutput> spikes(
            Node node, Op.Spike op, NeuronParameters parameters, List<String> inputs, List<Value> sources);

    /** A step that is planned here. */
    Step step(Node node, List<String> inputs, List<Value> sources, Value value, Slot scratch);
}
