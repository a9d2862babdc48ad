package org.ambispike.contract;

import static org.assertj.core.api.Assertions.assertThat;

import org.ambispike.backend.Backend;
import org.ambispike.backend.cpu.CpuBackend;
import org.ambispike.backend.cuda.CudaProbe;
import org.ambispike.common.Precision;
import org.ambispike.device.SelfCheck;
import org.ambispike.device.Spoil;
import org.ambispike.graph.NeuronModel;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** The self-check of another device: it passes, and finds what is wrong. */
@OnGpus
class SelfCheckTest extends DeviceContract {
    @ParameterizedTest
    @EnumSource(names = {"F32", "TF32", "BF16"})
    void theDevicePassesAndASpoiledNeuronDoesNot(Precision precision) {
        try (Backend reference = CpuBackend.open(Precision.F32, 1);
                Backend candidate = device.open(precision)) {
            assertThat(new SelfCheck(reference, candidate).findings())
                    .allSatisfy(finding -> assertThat(finding.passed())
                            .as("%s %s", finding.item(), finding.describe())
                            .isTrue());
            assertThat(new SelfCheck(reference, Spoil.backward(NeuronModel.PAIR).on(candidate)).findings())
                    .filteredOn(finding -> !finding.passed())
                    .singleElement()
                    .satisfies(finding -> assertThat(finding.item()).isEqualTo("pair neurons, backward"));
            assertThat(candidate.memory().liveBytes()).isZero();
        }
    }

    /** What tells one build of the kernels from another. */
    @Test
    void theKernelsHaveADigest() {
        assertThat(CudaProbe.kernelsDigest()).matches("[0-9a-f]{16}").isEqualTo(CudaProbe.kernelsDigest());
    }
}
