package org.ambispike.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Eq. 25-30 and 32 against values worked out by hand. */
class LayerWeightingTest {
    @ParameterizedTest
    @EnumSource
    void weightsSumToOne(LayerWeighting weighting) {
        for (double progress : new double[] {0, 0.3, 0.999, 1}) {
            double[] weights = weighting.weights(7, progress);
            assertThat(Arrays.stream(weights).sum()).isCloseTo(1, within(1e-12));
            assertThat(Arrays.stream(weights).min().orElseThrow()).isPositive();
        }
    }

    /** cos(pi/4) and the floor 0.01 for l = L at p = 0: 0.70711 / 0.71711 and 0.01 / 0.71711. */
    @Test
    void theCosineIsFlooredWhereItVanishes() {
        assertThat(LayerWeighting.COSINE.weights(2, 0)).containsExactly(new double[] {0.98605, 0.01394}, within(1e-4));
    }

    /** At p = 1 the last layer counts most: cos(-pi/4) and cos(0). */
    @Test
    void theCosineMovesToTheLastLayer() {
        assertThat(LayerWeighting.COSINE.weights(2, 1)).containsExactly(new double[] {0.41421, 0.58579}, within(1e-4));
    }

    /** mu = 6 at x = 1/2 and 1, p = 0: 6 * 0.047425 * 0.952574 and 6 * 0.002473 * 0.997527. */
    @Test
    void theSigmoidIsItsDerivative() {
        assertThat(LayerWeighting.SIGMOID.weights(2, 0)).containsExactly(new double[] {0.94822, 0.05178}, within(1e-4));
        double[] even = LayerWeighting.SIGMOID.weights(2, 0.75);
        assertThat(even[0]).as("the derivative is even").isCloseTo(even[1], within(1e-12));
    }

    @Test
    void theAverageIgnoresProgress() {
        assertThat(LayerWeighting.AVERAGE.weights(4, 0.6)).containsOnly(0.25);
    }

    @Test
    void kappaTakesEachValueForAnEqualShare() {
        assertThat(List.of(0.0, 0.33, 0.34, 0.66, 0.67, 0.999, 1.0))
                .extracting(KappaSchedule.PAPER::at)
                .containsExactly(6.7, 6.7, 10.0, 10.0, 15.0, 15.0, 15.0);
    }

    @Test
    void kappaMustBePositive() {
        assertThatThrownBy(() -> new KappaSchedule(List.of(3.0, 0.0)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("above 0");
        assertThatThrownBy(() -> new KappaSchedule(List.of())).isInstanceOf(IllegalArgumentException.class);
    }
}
