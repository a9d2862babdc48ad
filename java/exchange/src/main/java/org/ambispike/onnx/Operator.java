package org.ambispike.onnx;

import java.util.List;
import org.ambispike.onnx.NodeReport.Outcome;

/** Converts nodes of one type. */
@FunctionalInterface
interface Operator {
    /**
     * What became of a node.
     *
     * @param values what its outputs stand for, in order
     * @param note for the listing
     */
    record Reading(List<Value> values, Outcome outcome, String note) {
        static Reading converted(Value value, String note) {
            return new Reading(List.of(value), Outcome.CONVERTED, note);
        }

        static Reading folded(Value value, String note) {
            return new Reading(List.of(value), Outcome.FOLDED, note);
        }

        /**
         * Makes one for a node whose refusal is known from another one.
         *
         * @param value that stands for what it would give
         */
        static Reading blocked(Value value, String note) {
            return new Reading(List.of(value), Outcome.BLOCKED, note);
        }
    }

    /** @throws Refusal if it cannot be converted exactly */
    Reading read(OnnxNode node, GraphBuilder graph);
}
