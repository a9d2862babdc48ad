package org.ambispike.device;

import java.util.List;
import java.util.Optional;

/**
 * What is known of a GPU: that it computes what the CPU does, now or at an earlier run of the same build on the same
 * device, or where it does not.
 *
 * @param findings of the self-check, up to the first that did not pass or all; none where an earlier pass was kept
 * @param kept whether it is an earlier pass
 */
public record GpuCheckResult(List<Finding> findings, boolean kept) {
    public GpuCheckResult {
        findings = List.copyOf(findings);
        if (kept != findings.isEmpty()) {
            throw new IllegalArgumentException("a proof is kept, or has findings");
        }
    }

    static GpuCheckResult keptPass() {
        return new GpuCheckResult(List.of(), true);
    }

    /** The first finding that did not pass; empty for a pass. */
    public Optional<Finding> failure() {
        return findings.stream().filter(finding -> !finding.passed()).findFirst();
    }
}
