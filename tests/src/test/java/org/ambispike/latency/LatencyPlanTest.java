package org.ambispike.latency;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.ambispike.ExitRule;
import org.ambispike.common.Precision;
import org.ambispike.device.Device;
import org.junit.jupiter.api.Test;

class LatencyPlanTest {
    private static LatencyPlan plan(List<Integer> timeSteps, List<Integer> batches, int rounds) {
        ExitRule rule = ExitRule.margin(0.5);
        return new LatencyPlan(
                timeSteps, batches, List.of(rule, rule), rounds, 1, Device.Request.CPU, Precision.F32, 1);
    }

    @Test
    void casesAreTheAnnEveryPairAndEachExitOnce() {
        assertThat(plan(List.of(4, 1, 4), List.of(8, 2), 3).cases())
                .containsExactly(
                        LatencyCase.ann(2),
                        LatencyCase.ann(8),
                        LatencyCase.fixed(1, 2),
                        LatencyCase.fixed(4, 2),
                        LatencyCase.fixed(1, 8),
                        LatencyCase.fixed(4, 8),
                        LatencyCase.early(4, ExitRule.margin(0.5), 2));
    }

    @Test
    void everyRoundHasEveryCaseOnceAndBeginsElsewhere() {
        LatencyPlan plan = plan(List.of(1, 4), List.of(2, 8), 7);
        Set<Integer> first = new HashSet<>();
        for (int round = 0; round < 7; round++) {
            assertThat(plan.order(round)).containsExactlyInAnyOrder(0, 1, 2, 3, 4, 5, 6);
            first.add(plan.order(round).get(0));
        }
        assertThat(first).hasSize(7);
        assertThat(plan.order(1)).containsExactly(1, 0, 6, 5, 4, 3, 2);
    }

    @Test
    void numbersMustBePositive() {
        assertThatIllegalArgumentException().isThrownBy(() -> plan(List.of(0), List.of(1), 1));
        assertThatIllegalArgumentException().isThrownBy(() -> plan(List.of(1), List.of(), 1));
        assertThatIllegalArgumentException().isThrownBy(() -> plan(List.of(1), List.of(1), 0));
    }
}
