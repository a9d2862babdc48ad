package org.ambispike.latency;

import org.ambispike.ExitRule;

/**
 * One way to run a network.
 *
 * @param ann whether it is the ANN, of one step
 * @param timeSteps T
 * @param rule of early exit, or never
 * @param batch images of a call
 */
record LatencyCase(boolean ann, int timeSteps, ExitRule rule, int batch) {
    static LatencyCase ann(int batch) {
        return new LatencyCase(true, 1, ExitRule.never(), batch);
    }

    static LatencyCase fixed(int timeSteps, int batch) {
        return new LatencyCase(false, timeSteps, ExitRule.never(), batch);
    }

    static LatencyCase early(int timeSteps, ExitRule rule, int batch) {
        return new LatencyCase(false, timeSteps, rule, batch);
    }

    boolean exits() {
        return rule.measure() != ExitRule.Measure.NEVER;
    }

    /** For people. */
    String label() {
        String what = ann ? "ANN" : "T=" + timeSteps + (exits() ? " " + rule.label() : "");
        return what + ", batch " + batch;
    }
}
