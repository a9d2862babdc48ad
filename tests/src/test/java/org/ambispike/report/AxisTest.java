package org.ambispike.report;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.data.Offset.offset;

import java.util.List;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.DoubleRange;
import org.junit.jupiter.api.Test;

class AxisTest {
    @Test
    void linearTicksAreRound() {
        Axis axis = Axis.linear("accuracy, %", 0.411, 0.9342, 100);
        assertThat(axis.ticks()).extracting(Axis.Tick::label).containsExactly("40", "60", "80", "100");
        assertThat(axis.fraction(axis.low())).isZero();
        assertThat(axis.fraction(axis.high())).isEqualTo(1);
    }

    @Test
    void labelsHaveTheDecimalsThatTellTicksApart() {
        assertThat(Axis.linear("", 0.9301, 0.9349, 100).ticks())
                .extracting(Axis.Tick::label)
                .containsExactly("93.0", "93.1", "93.2", "93.3", "93.4", "93.5");
    }

    @Test
    void timeStepsAreEquallyFarApartByFactor() {
        Axis axis = Axis.timeSteps(List.of(1, 2, 8, 32));
        double octave = axis.fraction(2) - axis.fraction(1);
        assertThat(axis.fraction(8) - axis.fraction(2)).isCloseTo(2 * octave, offset(1e-12));
        assertThat(axis.ticks()).extracting(Axis.Tick::label).containsExactly("1", "2", "8", "32");
        assertThat(axis.shows(1) && axis.shows(32)).isTrue();
    }

    @Test
    void fewDecadesGetTicksBetween() {
        assertThat(Axis.log10("", 4.9, 77, v -> Format.brief(Format.significant(v)))
                        .ticks())
                .extracting(Axis.Tick::label)
                .containsExactly("2", "5", "10", "20", "50", "100");
        assertThat(Axis.log10("", 1, 1e9, Format::significant).ticks()).hasSizeBetween(3, 7);
    }

    @Property
    void linearScalesHoldTheirValues(
            @ForAll @DoubleRange(min = -1e6, max = 1e6) double a,
            @ForAll @DoubleRange(min = -1e6, max = 1e6) double b) {
        Axis axis = Axis.linear("", Math.min(a, b), Math.max(a, b), 1);
        assertThat(axis.shows(a) && axis.shows(b)).isTrue();
        assertThat(axis.ticks()).hasSizeBetween(2, 9);
    }

    @Property
    void logarithmicScalesHoldTheirValues(
            @ForAll @DoubleRange(min = -9, max = 12) double a, @ForAll @DoubleRange(min = -9, max = 12) double b) {
        double low = Math.pow(10, Math.min(a, b));
        double high = Math.pow(10, Math.max(a, b));
        Axis axis = Axis.log10("", low, high, Double::toString);
        assertThat(axis.fraction(low)).isBetween(-1e-9, 1 + 1e-9);
        assertThat(axis.fraction(high)).isBetween(-1e-9, 1 + 1e-9);
        assertThat(axis.low()).isLessThanOrEqualTo(low * (1 + 1e-9));
        assertThat(axis.ticks()).isNotEmpty();
    }
}
