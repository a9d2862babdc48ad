package org.ambispike;

import java.util.Arrays;
import java.util.Locale;
import java.util.stream.Collectors;
import org.ambispike.common.ExitDecision;

/**
 * When the answer for an image is settled, so that it needs no more time steps. The rule looks at the softmax of the
 * running logits (their mean over the steps so far) after each step. A value; thread-safe.
 *
 * @param measure what is looked at
 * @param threshold what it must reach, in (0, 1]; not read for NEVER
 * @param earliest the first time step after which the rule is asked, at least 1
 */
public record ExitRule(Measure measure, double threshold, int earliest) implements ExitDecision {
    /** What a rule looks at. */
    public enum Measure {
        /** Nothing: every step is taken. */
        NEVER,
        /** The largest probability less the second largest. */
        MARGIN,
        /** The largest probability. */
        CONFIDENCE;

        private String label() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    private static final ExitRule ALL_STEPS = new ExitRule(Measure.NEVER, 1, 1);

    public ExitRule {
        if (!(threshold > 0 && threshold <= 1)) {
            throw new IllegalArgumentException("an exit threshold must be in (0, 1], got " + threshold);
        }
        if (earliest < 1) {
            throw new IllegalArgumentException("time steps count from 1, got an earliest exit at " + earliest);
        }
    }

    /** Settled when the largest probability exceeds the second largest by at least this, in (0, 1]. */
    public static ExitRule margin(double threshold) {
        return new ExitRule(Measure.MARGIN, threshold, 1);
    }

    /** Settled when the largest probability is at least this, in (0, 1]. */
    public static ExitRule confidence(double threshold) {
        return new ExitRule(Measure.CONFIDENCE, threshold, 1);
    }

    /** Never settled before the last step. */
    public static ExitRule never() {
        return ALL_STEPS;
    }

    /** The same rule, not asked before time step t: a network calibrated for several steps says little after one. */
    public ExitRule notBefore(int t) {
        return new ExitRule(measure, threshold, t);
    }

    /**
     * A rule as {@link #label} writes it: {@code margin=0.5}, or {@code margin=0.5@2} for not before step 2.
     *
     * @throws IllegalArgumentException saying what such a text looks like, if this is none
     */
    public static ExitRule parse(String text) {
        String[] parts = text.strip().split("[=@]", -1);
        boolean formed = parts.length >= 2 && text.matches("[^=@]+=[^=@]+(@[^=@]+)?");
        try {
            if (formed) {
                Measure measure = Arrays.stream(Measure.values())
                        .filter(each -> each != Measure.NEVER && each.label().equals(parts[0]))
                        .findFirst()
                        .orElseThrow(() -> new NumberFormatException(parts[0]));
                int earliest = parts.length == 3 ? Integer.parseInt(parts[2].strip()) : 1;
                return new ExitRule(measure, Double.parseDouble(parts[1]), earliest);
            }
        } catch (NumberFormatException e) {
            throw new IllegalArgumentException(malformed(text), e);
        }
        throw new IllegalArgumentException(malformed(text));
    }

    private static String malformed(String text) {
        String measures = Arrays.stream(Measure.values())
                .filter(each -> each != Measure.NEVER)
                .map(each -> each.label() + "=X")
                .collect(Collectors.joining(" or "));
        return "'" + text + "' is no exit rule; write " + measures + ", X in (0, 1], with @T for not before step T";
    }

    /** For people and {@link #parse}; {@code never} where it never exits. */
    @Override
    public String label() {
        if (measure == Measure.NEVER) {
            return measure.label();
        }
        return measure.label() + "=" + threshold + (earliest > 1 ? "@" + earliest : "");
    }

    /** @throws IllegalArgumentException if it asks how sure a class is, and the model gives none */
    void requireFor(Model model) {
        if (measure != Measure.NEVER && !model.hasClasses()) {
            throw new IllegalArgumentException(
                    "the rule " + label() + " asks how sure a class is, and the network gives " + model.results()
                            + "; run it without a rule");
        }
    }

    /**
     * Whether an answer is settled; allocates nothing.
     *
     * @param logits running logits, at least offset + classes values
     * @param offset of the first class
     * @param classes at least 1
     * @param t time steps taken, from 1
     */
    @Override
    public boolean settles(float[] logits, int offset, int classes, int t) {
        if (measure == Measure.NEVER || t < earliest) {
            return false;
        }
        double largest = Double.NEGATIVE_INFINITY;
        double second = Double.NEGATIVE_INFINITY;
        for (int index = offset; index < offset + classes; index++) {
            if (logits[index] > largest) {
                second = largest;
                largest = logits[index];
            } else {
                second = Math.max(second, logits[index]);
            }
        }
        double sum = 0;
        for (int index = offset; index < offset + classes; index++) {
            sum += Math.exp(logits[index] - largest);
        }
        double reached = measure == Measure.MARGIN ? (1 - Math.exp(second - largest)) / sum : 1 / sum;
        return reached >= threshold;
    }
}
