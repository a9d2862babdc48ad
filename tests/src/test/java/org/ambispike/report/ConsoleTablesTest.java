package org.ambispike.report;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.ambispike.paper.TimeStepResult;
import org.ambispike.run.ExitResult;
import org.junit.jupiter.api.Test;

class ConsoleTablesTest {
    @Test
    void accuracyHasARowForEachNetworkAndAColumnForEachT() {
        List<TimeStepResult> results = List.of(
                new TimeStepResult(8, 4, 0.9338, 1),
                new TimeStepResult(1, 0, 0.411, 1),
                new TimeStepResult(8, 0, 0.914, 1),
                new TimeStepResult(1, 4, Double.NaN, 1),
                new TimeStepResult(8, 2, 1.0, 1));
        assertThat(ConsoleTables.accuracy(results))
                .isEqualTo(
                        """
                        accuracy, %             T=1     T=8
                        ────────────────────  ─────  ──────
                        uncalibrated          41.10   91.40
                        calibrated for T = 2      –  100.00
                        calibrated for T = 4      –   93.38
                        """);
    }

    @Test
    void exitsHaveARowForEachRule() {
        List<ExitResult> exits =
                List.of(new ExitResult("margin=0.5", 8, 0.9321, 1.478), new ExitResult("confidence=0.9@2", 8, 0.93, 8));
        assertThat(ConsoleTables.exits(exits))
                .isEqualTo(
                        """
                        exit              T at most  mean T  accuracy, %
                        ────────────────  ─────────  ──────  ───────────
                        margin=0.5                8    1.48        93.21
                        confidence=0.9@2          8    8.00        93.00
                        """);
    }

    @Test
    void accuracyNamesWhatItComparesWith() {
        assertThat(ConsoleTables.accuracy(0.9342, Double.NaN, List.of(new TimeStepResult(1, 0, 0.5, 1))))
                .startsWith("ANN 93.42 %, after threshold optimisation –\n\naccuracy, %");
    }

    @Test
    void wallSecondsKeepTheirOrderAndEndWithTheSum() {
        Map<String, Double> seconds = new LinkedHashMap<>();
        seconds.put("train", 252.0);
        seconds.put("clip", 9.5);
        assertThat(ConsoleTables.wallSeconds(seconds))
                .isEqualTo(
                        """
                        stage   wall time
                        ─────  ──────────
                        train  4 min 12 s
                        clip       9.50 s
                        all    4 min 22 s
                        """);
    }
}
