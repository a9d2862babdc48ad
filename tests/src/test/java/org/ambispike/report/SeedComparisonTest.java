package org.ambispike.report;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import org.ambispike.common.InputException;
import org.ambispike.paper.RunSummary;
import org.junit.jupiter.api.Test;

class SeedComparisonTest {
    @Test
    void showsMeanAndSampleDeviation() {
        String text = new SeedComparison(List.of(SampleRuns.full(), SampleRuns.full(0.01), SampleRuns.full(-0.01)))
                .markdown();
        RunSummary run = SampleRuns.full();
        assertThat(text).contains("ANN " + Format.decimal(100 * run.annAccuracy(), 2) + " ± 1.00");
        assertThat(text).contains("| T=1 |").contains("| T=32 |");
        assertThat(text).as("the network calibrated for T = 4 at T = 4").contains(Format.decimal(93.3, 2) + " ± 1.00");
        run.ablations().forEach(ablation -> assertThat(text).contains("| " + ablation.name() + " |"));
    }

    @Test
    void aSingleRunHasNoSpread() {
        assertThat(new SeedComparison(List.of(SampleRuns.full())).markdown()).doesNotContain(" ± 0");
    }

    @Test
    void refusesRunsOfDifferentKinds() {
        assertThatThrownBy(() -> new SeedComparison(List.of(SampleRuns.full(), SampleRuns.bare())))
                .isInstanceOf(InputException.class)
                .hasMessageContaining("different kinds");
        assertThatThrownBy(() -> new SeedComparison(List.of())).isInstanceOf(InputException.class);
    }
}
