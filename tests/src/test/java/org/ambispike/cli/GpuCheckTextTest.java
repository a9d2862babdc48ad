package org.ambispike.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Optional;
import org.ambispike.common.Precision;
import org.ambispike.device.Finding;
import org.ambispike.device.GpuCheckResult;
import org.junit.jupiter.api.Test;

class GpuCheckTextTest {
    private static final Finding BITS = new Finding("pair neuron, forward", 0, 0, Optional.empty());
    private static final Finding CLOSE = new Finding("spiking network, training", 2.34e-6, 1e-4, Optional.empty());
    private static final Finding FAR = new Finding("average pool", 0.5, 1e-5, Optional.empty());
    private static final Finding BROKEN = new Finding("losses", 0, 0, Optional.of("an illegal address"));

    private static GpuCheckText text(Finding... findings) {
        return new GpuCheckText(new GpuCheckResult(List.of(findings), false), Precision.BF16);
    }

    @Test
    void aPassShowsDifferencesAndBounds() {
        GpuCheckText text = text(BITS, CLOSE);
        assertThat(text.heading()).contains("in bf16");
        assertThat(text.lines())
                .containsExactly(
                        "pair neuron, forward                  differs by 0, allowed 0",
                        "spiking network, training             differs by 2.3e-06, allowed 1.0e-04");
        assertThat(text.remedy()).isEmpty();
    }

    @Test
    void whatDidNotPassIsMarkedAndCounted() {
        GpuCheckText text = text(BITS, FAR, BROKEN);
        assertThat(text.lines().subList(1, 3))
                .containsExactly(
                        "average pool                          NOT PASSED, differs by 5.0e-01, allowed 1.0e-05",
                        "losses                                NOT PASSED, failed: an illegal address");
        assertThat(text.remedy().orElseThrow()).contains("2 line(s)").contains("--device auto takes the CPU");
    }
}
