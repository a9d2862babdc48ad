package org.ambispike.onnx;

import org.ambispike.onnx.NodeReport.Outcome;

/** Converts nodes of one type. */
@FunctionalInterface
interface Operator {
    /**
     * What became of a node.
     *
     * @param value what its output stands for
     * @param note for the listing
     */
    record Reading(Value value, Outcome outcome, String note) {
        static Reading converted(Value value, String note) {
            return new Reading(value, Outcome.CONVERTED, note);
        }

        static Reading folded(Value value, String note) {
            return new Reading(value, Outcome.FOLDED, note);
        }
    }

    /** @throws Refusal if it cannot be converted exactly */
    Reading read(OnnxNode node, Scope scope, GraphBuilder graph);
}
