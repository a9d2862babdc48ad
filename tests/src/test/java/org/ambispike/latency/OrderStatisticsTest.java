package org.ambispike.latency;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.within;

import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** Against values worked out by hand. */
class OrderStatisticsTest {
    private static double[] upTo(int count) {
        return IntStream.rangeClosed(1, count).mapToDouble(value -> value).toArray();
    }

    @Test
    void percentilesAreByNearestRank() {
        assertThat(OrderStatistics.percentile(upTo(100), 95)).isEqualTo(95);
        assertThat(OrderStatistics.percentile(upTo(100), 99)).isEqualTo(99);
        assertThat(OrderStatistics.percentile(upTo(100), 7)).isEqualTo(7);
        assertThat(OrderStatistics.percentile(upTo(20), 95)).isEqualTo(19);
        assertThat(OrderStatistics.percentile(upTo(20), 99)).isEqualTo(20);
        assertThat(OrderStatistics.percentile(upTo(5), 50)).isEqualTo(3);
        assertThat(OrderStatistics.percentile(upTo(1), 1)).isEqualTo(1);
        assertThatIllegalArgumentException().isThrownBy(() -> OrderStatistics.percentile(new double[0], 50));
        assertThatIllegalArgumentException().isThrownBy(() -> OrderStatistics.percentile(upTo(3), 0));
    }

    /** Binomial tables: 2 P(B = 0) = 2/64 at n = 6; 2 P(B < 2) = 20/512 at n = 9, 18/256 at n = 8; n = 20 has k = 6. */
    @Test
    void medianHasTheIntervalOfTheBinomial() {
        assertThat(OrderStatistics.median(new double[] {4, 1, 3, 2})).isEqualTo(new Interval(2.5, 1, 4));
        assertThat(OrderStatistics.median(upTo(6))).isEqualTo(new Interval(3.5, 1, 6));
        assertThat(OrderStatistics.median(upTo(8))).isEqualTo(new Interval(4.5, 1, 8));
        assertThat(OrderStatistics.median(upTo(9))).isEqualTo(new Interval(5, 2, 8));
        assertThat(OrderStatistics.median(upTo(20))).isEqualTo(new Interval(10.5, 6, 15));
    }

    @Test
    void roundsBecomePercentilesOfCallsAndMediansOfRounds() {
        CaseTimes times = new CaseTimes(10);
        times.round(new double[] {4, 2});
        times.round(new double[] {8, 1, 1});
        times.round(new double[] {5});
        assertThat(times.calls().calls()).isEqualTo(6);
        assertThat(times.calls().p50()).isEqualTo(new Interval(2, 1, 5));
        assertThat(times.calls().p95()).isEqualTo(8);
        assertThat(times.calls().mean()).isCloseTo(3.5, within(1e-12));
        // 20 images in 6 ms, 30 in 10 ms, 10 in 5 ms
        assertThat(times.imagesPerSecond().value()).isCloseTo(3000, within(1e-9));
        assertThat(times.imagesPerSecond().low()).isCloseTo(2000, within(1e-9));
        assertThat(times.imagesPerSecond().high()).isCloseTo(20000 / 6.0, within(1e-9));
    }
}
