package org.ambispike.device;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.ambispike.backend.Backend;
import org.ambispike.backend.cpu.CpuBackend;
import org.ambispike.backend.cpu.CpuProbe;
import org.ambispike.common.BackendException;
import org.ambispike.common.Precision;
import org.ambispike.support.BackendProxy;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** A right backend passes, and a wrong one fails where it is wrong. */
class SelfCheckTest {
    private final Backend reference = CpuBackend.open(Precision.F32, 1);
    private final Backend candidate = CpuBackend.open(Precision.F32, 2);

    @AfterEach
    void nothingIsLeftOpen() {
        for (Backend backend : List.of(reference, candidate)) {
            assertThat(backend.memory().liveBytes()).isZero();
            backend.close();
        }
    }

    private static List<String> failed(List<Finding> findings) {
        return findings.stream()
                .filter(finding -> !finding.passed())
                .map(Finding::item)
                .toList();
    }

    @Test
    void theCpuPassesBesideItself() {
        List<Finding> findings = new SelfCheck(reference, candidate).findings();
        assertThat(findings).hasSize(Item.values().length).allSatisfy(finding -> {
            assertThat(finding.passed())
                    .as("%s %s", finding.item(), finding.describe())
                    .isTrue();
            assertThat(finding.bound()).isLessThanOrEqualTo(1e-4);
        });
    }

    @Test
    void theCpuInBf16StaysWithinTheBoundsOfItsRounding() {
        assumeTrue(CpuProbe.probe().bf16(), "this processor has no bfloat16");
        try (Backend bf16 = CpuBackend.open(Precision.BF16, 1)) {
            List<Finding> findings = new SelfCheck(reference, bf16).findings();
            assertThat(findings).allSatisfy(finding -> assertThat(finding.passed())
                    .as("%s %s", finding.item(), finding.describe())
                    .isTrue());
            assertThat(findings).as("products are rounded").anyMatch(finding -> finding.difference() > 1e-4);
            assertThat(bf16.memory().liveBytes()).isZero();
        }
    }

    @ParameterizedTest
    @EnumSource
    void aSpoiledOperationFailsItsItemAlone(Item item) {
        List<Finding> findings = new SelfCheck(reference, Spoil.of(item, candidate)).findings();
        assertThat(failed(findings)).containsExactly(item.label());
        Finding finding = findings.get(item.ordinal());
        assertThat(finding.difference()).isGreaterThan(finding.bound());
        assertThat(finding.describe()).matches("differs by \\d\\.\\de-\\d\\d, allowed (0|\\d\\.\\de-\\d\\d)");
    }

    /** In the parts and in the whole that is made of them, the part first. */
    @Test
    void aNeuronThatIsWrongAnywhereIsFoundInTheNetworkToo() {
        Backend wrong = new SpoiledBackend(
                        candidate, "", arguments -> true, "spikeForward", arguments -> true, Spoil::spikes, 1.001)
                .open();
        assertThat(failed(new SelfCheck(reference, wrong).findings()))
                .startsWith(Item.PAIR_FORWARD.label())
                .contains(Item.MEMORY_FORWARD.label(), Item.NETWORK.label());
        assertThat(new SelfCheck(reference, wrong).untilFailure()).hasSize(1);
    }

    @Test
    void whatIsNotANumberFails() {
        Backend wrong = new SpoiledBackend(
                        candidate, "", arguments -> true, "adamW", arguments -> true, Spoil.argument(2), Double.NaN)
                .open();
        Finding finding = new SelfCheck(reference, wrong)
                .findings(List.of(Item.OPTIMISER))
                .get(0);
        assertThat(finding.passed()).isFalse();
        assertThat(finding.difference()).isInfinite();
    }

    @Test
    void anExceptionIsAFindingInOneLineAndTheOthersGoOn() {
        Backend throwing = BackendProxy.of(candidate, (target, method, arguments) -> {
            if (method.getName().equals("softmaxLoss")) {
                throw new BackendException("softmax failed on the GPU:\n  an illegal address");
            }
            return BackendProxy.invoke(target, method, arguments);
        });
        List<Finding> findings = new SelfCheck(reference, throwing).findings();
        assertThat(failed(findings)).containsExactly(Item.LOSS.label());
        assertThat(findings.get(Item.LOSS.ordinal()).describe())
                .isEqualTo("failed: softmax failed on the GPU:; an illegal address");
    }

    /** An f32 sum in another order must not move a spike: the drives are off by more than that here. */
    @Test
    void noMembraneOfTheNetworkIsNearItsThreshold() {
        Backend noisy = new SpoiledBackend(
                        candidate,
                        "planConvolution",
                        arguments -> !arguments[0].equals("convolution"),
                        "forward",
                        arguments -> true,
                        Spoil.argument(2),
                        1 + 2e-5)
                .open();
        assertThat(new SelfCheck(reference, noisy).findings(List.of(Item.NETWORK)))
                .allSatisfy(finding ->
                        assertThat(finding.passed()).as(finding.describe()).isTrue());
    }

    @Test
    void everyLayerOfTheNetworkSpikesBothWays() {
        List<float[]> results = NetworkCheck.inference(reference);
        int layers = NetworkCheck.graph().neurons().size();
        for (int layer = 1; layer <= layers; layer++) {
            List<Float> rates = new ArrayList<>();
            for (float rate : results.get(layer)) {
                rates.add(rate);
            }
            assertThat(rates).anyMatch(rate -> rate > 0.1).anyMatch(rate -> rate < -0.04);
        }
        assertThat(results.get(0)).as("images differ").isNotEqualTo(results.get(1 + layers));
    }

    /** Whatever numbers are rounded: a product of rounded operands lies within the bound. */
    @ParameterizedTest
    @EnumSource(names = {"TF32", "BF16"})
    void boundsHoldForOperandsThatAreCutOff(Precision precision) {
        int kept = precision == Precision.TF32 ? 13 : 16;
        Rounding rounding = Rounding.of(precision);
        Random random = new Random(3);
        double closest = 0;
        for (int trial = 0; trial < 300; trial++) {
            double exact = 0;
            double rounded = 0;
            double magnitudes = 0;
            for (int i = 0; i < 8; i++) {
                float a = (float) random.nextGaussian();
                float b = (float) random.nextGaussian();
                exact += (double) a * b;
                rounded += (double) cut(a, kept) * cut(b, kept);
                magnitudes += Math.abs((double) a * b);
            }
            double difference = Math.abs(exact - rounded) / Math.abs(exact);
            double bound = rounding.bound(new float[] {(float) exact}, new float[] {(float) magnitudes});
            assertThat(difference).isLessThanOrEqualTo(bound);
            closest = Math.max(closest, difference / bound);
        }
        assertThat(closest).as("nor is the bound far too wide").isGreaterThan(0.2);
    }

    private static float cut(float value, int bits) {
        return Float.intBitsToFloat(Float.floatToRawIntBits(value) >> bits << bits);
    }

    @Test
    void int8HasNothingToCompareWith() {
        assertThatThrownBy(() -> Rounding.of(Precision.INT8)).isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void everyItemHasANameOfItsOwn() {
        List<String> labels = new ArrayList<>();
        for (Item item : Item.values()) {
            labels.add(item.label());
        }
        assertThat(labels).doesNotHaveDuplicates().allSatisfy(label -> assertThat(label)
                .hasSizeLessThanOrEqualTo(27));
    }
}
