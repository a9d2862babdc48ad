package org.ambispike.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Learning rates at points worked out by hand. */
class ScheduleTest {
    /** A 25th at the start, the peak at 30%, half way down (1 + 4e-6) / 2, a 250,000th at the end. */
    @ParameterizedTest
    @CsvSource({"0,0.04", "0.15,0.52", "0.3,1", "0.65,0.500002", "1,0.000004"})
    void oneCycle(double progress, double factor) {
        assertThat(Schedule.ONE_CYCLE.factor(progress)).isCloseTo(factor, within(1e-9));
    }

    @ParameterizedTest
    @CsvSource({"0,1", "0.25,0.853553390593", "0.5,0.5", "1,0"})
    void cosine(double progress, double factor) {
        assertThat(Schedule.COSINE.factor(progress)).isCloseTo(factor, within(1e-9));
    }

    @Test
    void constant() {
        assertThat(Schedule.CONSTANT.factor(0.7)).isEqualTo(1);
    }
}
