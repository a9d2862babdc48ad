package org.ambispike.graph;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class SpikeLevelsTest {
    @ParameterizedTest
    @CsvSource({
        "1, 0.25, 31, 4, 1",
        "0.5, 0.5, 127, 1, 1",
        "3, 2, 31, 3, 2",
        "0.25, 1, 31, 1, 4",
        "1, 0, 31, 1, 0",
        "1, 0.031, 31, 31, 1",
        // too little for any level, and more than all of them
        "1, 0.001, 31, 1, 0",
        "1, 99, 31, 1, 31"
    })
    void fractionsAreInTheirSmallestTerms(double thetaP, double thetaN, int most, int positive, int negative) {
        SpikeLevels levels = SpikeLevels.nearest(thetaP, thetaN, most);
        assertThat(levels.positive()).isEqualTo(positive);
        assertThat(levels.negative()).isEqualTo(negative);
        assertThat(levels.positive() * levels.unit()).isCloseTo(thetaP, within(1e-15));
    }

    /** No fraction of the allowed numbers is nearer, as all of them tried say. */
    @Test
    void noFractionIsNearer() {
        SplittableRandom random = new SplittableRandom(1);
        for (int round = 0; round < 200; round++) {
            double ratio = Math.exp(random.nextDouble(-4, 2));
            int most = random.nextInt(1, 128);
            SpikeLevels levels = SpikeLevels.nearest(0.7, 0.7 * ratio, most);
            double least = Double.MAX_VALUE;
            for (int p = 1; p <= most; p++) {
                for (int n = 0; n <= most; n++) {
                    least = Math.min(least, Math.abs((double) n / p - ratio));
                }
            }
            assertThat(levels.positive()).isBetween(1, most);
            assertThat(levels.negative()).isBetween(0, most);
            assertThat(Math.abs((double) levels.negative() / levels.positive() - ratio))
                    .as("%s for %s of at most %s", levels, ratio, most)
                    .isCloseTo(least, within(1e-12));
        }
    }

    @Test
    void whatHasNoLevelsIsRefused() {
        assertThatThrownBy(() -> SpikeLevels.nearest(0, 1, 31))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("thetaP = 0.0");
        assertThatThrownBy(() -> SpikeLevels.nearest(1, Double.NaN, 31)).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> SpikeLevels.nearest(1, 1, 0)).isInstanceOf(IllegalArgumentException.class);
    }
}
