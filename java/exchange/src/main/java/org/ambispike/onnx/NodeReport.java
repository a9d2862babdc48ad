package org.ambispike.onnx;

import java.util.Locale;

/**
 * What became of one node of an ONNX file.
 *
 * @param node its name in the file, fit for a line of text
 * @param operation its type, for example {@code Conv}
 * @param note what it became or was folded into, or why it was refused and what to do
 */
public record NodeReport(String node, String operation, Outcome outcome, String note) {
    /** Every node has exactly one. */
    public enum Outcome {
        /** It became a node of the graph. */
        CONVERTED,
        /** It went into the parameters of another, or changes no value. */
        FOLDED,
        /** The network cannot be imported as it stands. */
        REFUSED,
        /** It reads what a refused node would give; nothing is wrong with itself as far as can be seen. */
        BLOCKED;

        public String label() {
            return name().toLowerCase(Locale.ROOT);
        }
    }
}
