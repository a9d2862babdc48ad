package org.ambispike.exec;

import org.ambispike.backend.Backend;
import org.ambispike.common.Precision;
import org.ambispike.common.PrecisionException;
import org.ambispike.graph.Graph;
import org.ambispike.graph.Op;

/** Which types beside f32 the values of a graph may be stored in; {@link Lowering} decides for each of them. */
enum StorageScheme {
    /** None. */
    F32,
    /** Drives, spikes and pools of spikes in bf16, or in bytes; neurons add the biases and residual sums before them. */
    BF16,
    /** Spikes and sums over small pools of them as whole levels in bytes. */
    INT8;

    /**
     * Chooses the scheme from the precision, what the backend offers and the options.
     *
     * @throws PrecisionException if the precision is int8, and graph or options ask for what only floats can do
     */
    static StorageScheme of(Backend backend, Graph graph, ExecutionOptions options) {
        if (backend.precision() == Precision.INT8) {
            requireInt8(graph, options);
        }
        if (!graph.isSpiking()) {
            return F32;
        }
        if (backend.int8().isPresent()) {
            return INT8;
        }
        boolean wanted = !options.training()
                && !options.streaming()
                && !options.smooth()
                && !options.trace()
                && !options.drives()
                && !isAugmented(graph);
        return wanted && backend.bf16().isPresent() ? BF16 : F32;
    }

    private static void requireInt8(Graph graph, ExecutionOptions options) {
        if (options.trace()) {
            throw new PrecisionException("traces of spikes are taken in f32 or bf16, not in int8");
        }
        if (options.training() || options.smooth()) {
            throw new PrecisionException("int8 is for inference; train and calibrate in f32 or bf16");
        }
        if (isAugmented(graph)) {
            throw new PrecisionException("augmented spikes run in f32 or bf16, not in int8");
        }
    }

    private static boolean isAugmented(Graph graph) {
        return graph.neurons().stream().anyMatch(node -> node.op() instanceof Op.Spike spike && spike.quanta() > 1);
    }
}
