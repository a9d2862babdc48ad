package org.ambispike.report;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Locale;
import org.junit.jupiter.api.Test;

class FormatTest {
    @Test
    void percentagesHaveTwoDecimals() {
        assertThat(Format.percent(0.93416)).isEqualTo("93.42 %");
        assertThat(Format.percentValue(1)).isEqualTo("100.00");
        assertThat(Format.percent(Double.NaN)).isEqualTo("–");
        assertThat(Format.percentValue(Double.NaN)).isEqualTo("–");
    }

    @Test
    void differencesAreSigned() {
        assertThat(Format.points(0.0012)).isEqualTo("+0.12");
        assertThat(Format.points(-0.0012)).isEqualTo("−0.12");
        assertThat(Format.points(-0.00001)).isEqualTo("0.00");
        assertThat(Format.points(Double.NaN)).isEqualTo("–");
    }

    @Test
    void decimalsNeverShowANegativeZero() {
        assertThat(Format.decimal(-0.0001, 2)).isEqualTo("0.00");
        assertThat(Format.decimal(-1234.5, 1)).isEqualTo("−1,234.5");
        assertThat(Format.decimal(Double.NEGATIVE_INFINITY, 1)).isEqualTo("−∞");
        assertThat(Format.count(10_000)).isEqualTo("10,000");
        assertThat(Format.rate(0.07635)).isEqualTo("0.0764");
    }

    @Test
    void significantFiguresFollowTheMagnitude() {
        assertThat(Format.significant(0.012345)).isEqualTo("0.0123");
        assertThat(Format.significant(4.5678)).isEqualTo("4.57");
        assertThat(Format.significant(-456.78)).isEqualTo("−457");
        assertThat(Format.significant(1.23e-7)).isEqualTo("1.23e−7");
        assertThat(Format.significant(0.09999)).isEqualTo("0.100");
        assertThat(Format.significant(99.96)).isEqualTo("100");
        assertThat(Format.significant(0)).isEqualTo("0");
        assertThat(Format.significant(Double.NaN)).isEqualTo("–");
    }

    @Test
    void unitsGetPrefixes() {
        assertThat(Format.operations(12_345_678)).isEqualTo("12.3 M");
        assertThat(Format.operations(999_600)).isEqualTo("1.00 M");
        assertThat(Format.operations(12)).isEqualTo("12.0");
        assertThat(Format.energy(56_123)).isEqualTo("56.1 µJ");
        assertThat(Format.energy(0.5)).isEqualTo("0.500 nJ");
        assertThat(Format.energy(Double.NaN)).isEqualTo("–");
    }

    @Test
    void timesReadAsAPersonWouldSayThem() {
        assertThat(Format.seconds(0.416)).isEqualTo("0.42 s");
        assertThat(Format.seconds(59.4)).isEqualTo("59.4 s");
        assertThat(Format.seconds(59.96)).isEqualTo("1 min 00 s");
        assertThat(Format.seconds(252)).isEqualTo("4 min 12 s");
        assertThat(Format.seconds(4020)).isEqualTo("1 h 07 min");
        assertThat(Format.seconds(Double.NaN)).isEqualTo("–");
    }

    @Test
    void theLocaleDoesNotMatter() {
        Locale before = Locale.getDefault();
        try {
            Locale.setDefault(Locale.GERMANY);
            assertThat(Format.percent(0.9342)).isEqualTo("93.42 %");
            assertThat(Markup.px(1.25)).isEqualTo("1.3");
        } finally {
            Locale.setDefault(before);
        }
    }
}
