package org.ambispike.contract;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.stream.Stream;
import org.ambispike.backend.Backend;
import org.ambispike.backend.Precision;
import org.ambispike.backend.cpu.CpuBackend;
import org.ambispike.backend.cuda.CudaProbe;
import org.ambispike.check.Item;
import org.ambispike.check.SelfCheck;
import org.ambispike.check.Spoil;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** The self-check of the CUDA backend that the host emulates. */
@Tag("emulated")
class EmulatedSelfCheckTest {
    /** All where there are libraries, else those that need none. */
    private static List<Item> items() {
        boolean libraries = CudaProbe.probe().problem().isEmpty();
        return Stream.of(Item.values())
                .filter(item -> libraries || !item.usesProducts())
                .toList();
    }

    @ParameterizedTest
    @EnumSource(names = {"F32", "TF32", "BF16"})
    void theEmulatedBackendPasses(Precision precision) {
        try (Backend reference = CpuBackend.open(Precision.F32, 1);
                Backend candidate = CudaDevice.emulated(precision, true)) {
            assertThat(new SelfCheck(reference, candidate).findings(items()))
                    .hasSizeGreaterThanOrEqualTo(12)
                    .allSatisfy(finding -> assertThat(finding.passed())
                            .as("%s %s", finding.item(), finding.describe())
                            .isTrue());
            assertThat(candidate.liveBytes()).isZero();
        }
    }

    /** For every item on the CPU. */
    @Test
    void aSpoiledOperationFailsItsItemAlone() {
        Item item = Item.PAIR_FORWARD;
        try (Backend reference = CpuBackend.open(Precision.F32, 1);
                Backend candidate = CudaDevice.emulated()) {
            assertThat(new SelfCheck(reference, Spoil.of(item, candidate)).findings(items()))
                    .filteredOn(finding -> !finding.passed())
                    .singleElement()
                    .satisfies(finding -> assertThat(finding.item()).isEqualTo(item.label()));
        }
    }

    /** What tells one build of the kernels from another. */
    @Test
    void theKernelsHaveADigest() {
        assertThat(CudaProbe.kernelsDigest()).matches("[0-9a-f]{16}").isEqualTo(CudaProbe.kernelsDigest());
    }
}
