package org.ambispike.device;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.function.Function;
import org.ambispike.backend.Backend;
import org.ambispike.common.OpenDevice;
import org.ambispike.common.Precision;
import org.ambispike.graph.NeuronModel;

/**
 * Whether a device computes what another one does: a small network of each kind of neuron, forward and backward, through
 * the executor, which captures its passes. Used by the thread of both devices, which stay the caller's and hold nothing of
 * it afterwards.
 *
 * @param reference in f32; it is believed
 * @param candidate in any precision but int8
 */
public record SelfCheck(OpenDevice reference, OpenDevice candidate) {
    /** The error of f32 sums in any order, as a fraction of the largest result. */
    private static final double SUMS = 1e-4;

    /** Returns a finding for each kind of neuron and pass, in order. Nothing that the candidate throws comes through. */
    public List<Finding> findings() {
        return findings(false);
    }

    /** The same, up to the first that did not pass where wanted: a device that failed may answer nothing more. */
    List<Finding> findings(boolean untilFailure) {
        List<Finding> findings = new ArrayList<>();
        for (NeuronModel model : NeuronModel.values()) {
            NetworkCheck network = new NetworkCheck(model);
            String neurons = model.name().toLowerCase(Locale.ROOT).replace('_', '-') + " neurons, ";
            for (boolean backward : new boolean[] {false, true}) {
                Finding finding = backward
                        ? compare(neurons + "backward", network::training, trainingBound(candidate.precision()))
                        : compare(neurons + "forward", network::inference, SUMS);
                findings.add(finding);
                if (untilFailure && !finding.passed()) {
                    return findings;
                }
            }
        }
        return findings;
    }

    /**
     * What the precision of a matrix multiplication can come to: the gradient passes through three of them, the weights' own
     * is one more, and each step of a neuron hands its error on to those before it.
     */
    private static double trainingBound(Precision precision) {
        double loss =
                switch (precision) {
                    case F32 -> 0;
                        // 10 bits of both operands after the first, the rest may be cut off
                    case TF32 -> 2 * Math.scalb(1.0, -10);
                        // 7 bits of operands and result after the first, rounded to the nearest
                    case BF16 -> 3 * Math.scalb(1.0, -8);
                    case INT8 -> throw new IllegalArgumentException("the self-check does not cover int8");
                };
        return SUMS + 4 * NetworkCheck.STEPS * loss;
    }

    private Finding compare(String item, Function<Backend, List<float[]>> work, double bound) {
        try {
            return Finding.of(item, work.apply(Backend.of(reference)), work.apply(Backend.of(candidate)), bound);
        } catch (RuntimeException | LinkageError e) { // whatever it is, the item is not proven
            return Finding.failed(item, e);
        }
    }
}
