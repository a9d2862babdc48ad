package org.ambispike.exec;

import static org.assertj.core.api.Assertions.assertThat;

import org.ambispike.backend.Backend;
import org.ambispike.backend.cpu.CpuBackend;
import org.ambispike.common.Precision;
import org.ambispike.device.Finding;
import org.ambispike.device.SelfCheck;
import org.ambispike.io.SavedModel;
import org.ambispike.support.Logits;
import org.ambispike.support.SmallNetworks;
import org.junit.jupiter.api.Test;

/** A network whose drives and spikes are stored in bf16, on a plain reference of such a backend. */
class Bf16NetworkTest {
    private static final int BATCH = 16;
    private static final int STEPS = 8;

    private static float[] logits(Backend backend, SavedModel model, ExecutionOptions options) {
        return Logits.on(backend, model.graph(), model.weights(), options, SmallNetworks.exactImages(BATCH, 1), 1);
    }

    @Test
    void logitsAreThoseOfF32ButForRounding() {
        SavedModel model = SmallNetworks.random(3);
        ExecutionOptions options = ExecutionOptions.inference(BATCH, STEPS);
        try (CpuBackend cpu = CpuBackend.open(Precision.F32, 2)) {
            ReferenceBf16 bf16 = new ReferenceBf16(cpu);
            float[] narrow = logits(bf16.backend(), model, options);
            assertThat(Logits.meanError(narrow, logits(cpu, model, options))).isBetween(1e-9, 0.05);
            // the first layer's drive and the second's leave their bias to the neurons; the logits' is added at once
            assertThat(bf16.biases()).isEqualTo(2);
            assertThat(bf16.narrowReads()).as("conv2, fc1").isEqualTo(2);
            assertThat(bf16.poolsOfBytes()).as("pool1").isEqualTo(1);
        }
    }

    /** The network of the self-check has numbers that bf16 does not round, wherever they are stored in it. */
    @Test
    void theSelfChecksNetworkIsExact() {
        try (CpuBackend cpu = CpuBackend.open(Precision.F32, 2)) {
            ReferenceBf16 bf16 = new ReferenceBf16(cpu);
            Finding finding = new SelfCheck(cpu, bf16.backend()).findings().get(0);
            assertThat(finding.passed()).as(finding.describe()).isTrue();
            assertThat(finding.difference()).isLessThan(1e-6);
            assertThat(bf16.narrowReads()).isPositive();
        }
    }

    @Test
    void streamingStaysInF32() {
        SavedModel model = SmallNetworks.random(3);
        try (CpuBackend cpu = CpuBackend.open(Precision.F32, 2)) {
            ReferenceBf16 bf16 = new ReferenceBf16(cpu);
            ExecutionOptions streaming = ExecutionOptions.streaming(BATCH);
            assertThat(logits(bf16.backend(), model, streaming)).isEqualTo(logits(cpu, model, streaming));
            assertThat(bf16.biases()).isZero();
        }
    }
}
