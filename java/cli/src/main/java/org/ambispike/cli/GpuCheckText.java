package org.ambispike.cli;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import org.ambispike.common.Precision;
import org.ambispike.device.GpuCheckResult;

/** What doctor prints of a GPU's self-check. */
record GpuCheckText(GpuCheckResult proof, Precision precision) {
    String heading() {
        return "Self-check of the GPU beside the CPU, in " + precision.name().toLowerCase(Locale.ROOT)
                + " (differences as fractions of the largest value)";
    }

    /** One for each finding. */
    List<String> lines() {
        List<String> lines = new ArrayList<>();
        proof.findings()
                .forEach(finding -> lines.add(String.format(
                        "%-37s %s%s", finding.item(), finding.passed() ? "" : "NOT PASSED, ", finding.describe())));
        return lines;
    }

    /** What is missing, and what to do. */
    Optional<String> remedy() {
        long failures =
                proof.findings().stream().filter(finding -> !finding.passed()).count();
        return failures == 0
                ? Optional.empty()
                : Optional.of("a GPU that computes what the CPU does: " + failures
                        + " line(s) of the self-check did not pass, so --device auto takes the CPU, and --device cuda takes"
                        + " the GPU all the same; a newer driver or cuDNN may help, else report these lines");
    }
}
