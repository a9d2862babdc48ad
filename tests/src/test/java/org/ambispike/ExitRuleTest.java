package org.ambispike;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Arrays;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Exit rules by hand and against the softmax written out. */
class ExitRuleTest {
    /** The softmax of ln 6, ln 3, ln 1 is 0.6, 0.3, 0.1. */
    private static final float[] LOGITS = {9, (float) Math.log(3), (float) Math.log(6), 0, 9};

    @ParameterizedTest
    @CsvSource({"margin=0.29,true", "margin=0.31,false", "confidence=0.59,true", "confidence=0.61,false"})
    void aRuleLooksAtTheSoftmaxOfItsOwnLogits(String rule, boolean settled) {
        assertThat(ExitRule.parse(rule).settles(LOGITS, 1, 3, 1)).isEqualTo(settled);
    }

    @Property(tries = 200)
    void measuresAreThoseOfTheSoftmax(
            @ForAll @Size(min = 2, max = 12) float[] raw, @ForAll @IntRange(min = 1, max = 99) int percent) {
        float[] logits = new float[raw.length];
        for (int index = 0; index < raw.length; index++) {
            logits[index] = raw[index] % 20;
        }
        double sum = 0;
        for (float logit : logits) {
            sum += Math.exp(logit);
        }
        double[] probabilities = new double[logits.length];
        for (int index = 0; index < logits.length; index++) {
            probabilities[index] = Math.exp(logits[index]) / sum;
        }
        Arrays.sort(probabilities);
        double largest = probabilities[probabilities.length - 1];
        double margin = largest - probabilities[probabilities.length - 2];
        double threshold = percent / 100.0;
        if (Math.abs(largest - threshold) > 1e-9) {
            assertThat(ExitRule.confidence(threshold).settles(logits, 0, logits.length, 1))
                    .isEqualTo(largest >= threshold);
        }
        if (Math.abs(margin - threshold) > 1e-9) {
            assertThat(ExitRule.margin(threshold).settles(logits, 0, logits.length, 1))
                    .isEqualTo(margin >= threshold);
        }
    }

    @Test
    void logitsOfAnySizeAreSettledOrNotWithoutOverflow() {
        float[] far = {3e38f, -3e38f, 0};
        assertThat(ExitRule.margin(1).settles(far, 0, 3, 1)).isTrue();
        assertThat(ExitRule.confidence(1).settles(far, 0, 3, 1)).isTrue();
        float[] equal = {5, 5, 5};
        assertThat(ExitRule.margin(1e-9).settles(equal, 0, 3, 1)).isFalse();
        float[] broken = {Float.NaN, 1, 2};
        assertThat(ExitRule.confidence(0.01).settles(broken, 0, 3, 1)).isFalse();
    }

    @Test
    void aRuleIsNotAskedBeforeItsTime() {
        ExitRule late = ExitRule.margin(0.1).notBefore(3);
        assertThat(late.settles(LOGITS, 1, 3, 2)).isFalse();
        assertThat(late.settles(LOGITS, 1, 3, 3)).isTrue();
        assertThat(ExitRule.never().settles(LOGITS, 1, 3, 1000)).isFalse();
    }

    @ParameterizedTest
    @ValueSource(strings = {"margin=0.5", "confidence=0.9", "margin=0.25@2", "confidence=1.0@7"})
    void aLabelIsReadBack(String text) {
        assertThat(ExitRule.parse(text).label()).isEqualTo(text);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "margin",
                "margin=",
                "=0.5",
                "never=0.5",
                "entropy=1",
                "margin=x",
                "margin=0.5@",
                "margin=0.5@x",
                "margin=0.5@1@2"
            })
    void whatIsNoRuleIsRefusedWithTheForm(String text) {
        assertThatThrownBy(() -> ExitRule.parse(text))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("'" + text + "'")
                .hasMessageContaining("margin=X or confidence=X");
    }

    @ParameterizedTest
    @ValueSource(doubles = {0, -0.1, 1.1, Double.NaN, Double.POSITIVE_INFINITY})
    void thresholdsOutsideOfTheRangeAreRefused(double threshold) {
        assertThatThrownBy(() -> ExitRule.margin(threshold)).hasMessageContaining("(0, 1]");
        assertThatThrownBy(() -> ExitRule.confidence(threshold)).hasMessageContaining("(0, 1]");
        assertThatThrownBy(() -> ExitRule.margin(0.5).notBefore(0)).hasMessageContaining("count from 1");
    }
}
