package org.ambispike.bench;

/**
 * A piece of a network's pass or training step.
 *
 * @param name for example {@code conv2 backward by weights}
 * @param work that can be repeated
 */
record Part(String name, Kind kind, Runnable work) {
    /** Who computes it. */
    enum Kind {
        /** A primitive of oneDNN with the conversions of its operands. */
        PRIMITIVE("oneDNN"),
        /** Changed weights brought into the layouts that the primitives read. */
        REORDER("weight reorder"),
        /** One of our own kernels. */
        KERNEL("our kernel");

        private final String label;

        Kind(String label) {
            this.label = label;
        }

        String label() {
            return label;
        }
    }
}
