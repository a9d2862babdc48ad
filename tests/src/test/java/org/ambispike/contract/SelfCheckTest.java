package org.ambispike.contract;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.stream.Stream;
import org.ambispike.backend.Backend;
import org.ambispike.backend.cpu.CpuBackend;
import org.ambispike.backend.cuda.CudaProbe;
import org.ambispike.common.Precision;
import org.ambispike.device.Item;
import org.ambispike.device.SelfCheck;
import org.ambispike.device.Spoil;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** The self-check of another device: it passes, and finds what is wrong. */
@OnGpus
class SelfCheckTest extends DeviceContract {
    @Test
    void theDevicePasses() {
        assertPasses(Precision.F32, List.of(Item.values()));
    }

    /** The only ones that a precision changes. */
    @ParameterizedTest
    @EnumSource(names = {"TF32", "BF16"})
    void productsStayWithinTheBoundsOfTheirRounding(Precision precision) {
        assertPasses(
                precision, Stream.of(Item.values()).filter(Item::usesLibraries).toList());
    }

    private void assertPasses(Precision precision, List<Item> items) {
        try (Backend reference = CpuBackend.open(Precision.F32, 1);
                Backend candidate = device.open(precision)) {
            assertThat(new SelfCheck(reference, candidate).findings(items))
                    .hasSameSizeAs(items)
                    .allSatisfy(finding -> assertThat(finding.passed())
                            .as("%s %s", finding.item(), finding.describe())
                            .isTrue());
            assertThat(candidate.memory().liveBytes()).isZero();
        }
    }

    /** For every item on the CPU. */
    @Test
    void aSpoiledOperationFailsItsItemAlone() {
        Item item = Item.PAIR_FORWARD;
        try (Backend reference = CpuBackend.open(Precision.F32, 1);
                Backend candidate = device.open(Precision.F32)) {
            assertThat(new SelfCheck(reference, Spoil.of(item, candidate))
                            .findings(List.of(item, Item.PAIR_BACKWARD, Item.POOL)))
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
