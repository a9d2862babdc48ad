package org.ambispike.device;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.ambispike.backend.Backend;
import org.ambispike.backend.cpu.CpuBackend;
import org.ambispike.backend.cpu.CpuProbe;
import org.ambispike.common.BackendException;
import org.ambispike.common.Precision;
import org.ambispike.graph.NeuronModel;
import org.ambispike.support.BackendProxy;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/** A right backend passes, and a wrong one fails where it is wrong. */
class SelfCheckTest {
    private static final String PAIR_FORWARD = "pair neurons, forward";
    private static final String PAIR_BACKWARD = "pair neurons, backward";

    private final Backend reference = CpuBackend.open(Precision.F32, 1);
    private final Backend candidate = CpuBackend.open(Precision.F32, 2);

    @AfterEach
    void nothingIsLeftOpen() {
        for (Backend backend : List.of(reference, candidate)) {
            assertThat(backend.memory().liveBytes()).isZero();
            backend.close();
        }
    }

    private List<String> failed(Backend wrong) {
        return new SelfCheck(reference, wrong)
                .findings().stream()
                        .filter(finding -> !finding.passed())
                        .map(Finding::item)
                        .toList();
    }

    @Test
    void theCpuPassesBesideItself() {
        List<Finding> findings = new SelfCheck(reference, candidate).findings();
        assertThat(findings).hasSize(2 * NeuronModel.values().length).allSatisfy(finding -> {
            assertThat(finding.passed())
                    .as("%s %s", finding.item(), finding.describe())
                    .isTrue();
            assertThat(finding.bound()).isLessThanOrEqualTo(1e-4);
        });
        assertThat(findings).extracting(Finding::item).doesNotHaveDuplicates();
    }

    @Test
    void theCpuInBf16StaysWithinTheBoundsOfItsRounding() {
        assumeTrue(CpuProbe.probe().bf16(), "this processor has no bfloat16");
        try (Backend bf16 = CpuBackend.open(Precision.BF16, 1)) {
            List<Finding> findings = new SelfCheck(reference, bf16).findings();
            assertThat(findings).allSatisfy(finding -> assertThat(finding.passed())
                    .as("%s %s", finding.item(), finding.describe())
                    .isTrue());
            assertThat(findings).as("gradients are rounded").anyMatch(finding -> finding.difference() > 1e-4);
            assertThat(bf16.memory().liveBytes()).isZero();
        }
    }

    @ParameterizedTest
    @EnumSource
    void aNeuronThatIsWrongFailsItsOwnItems(NeuronModel model) {
        int place = 2 * model.ordinal();
        List<Finding> findings = new SelfCheck(reference, Spoil.backward(model).on(candidate)).findings();
        assertThat(findings.stream().filter(finding -> !finding.passed())).containsExactly(findings.get(place + 1));
        assertThat(findings.get(place + 1).describe()).matches("differs by \\d\\.\\de[+-]\\d\\d, allowed 1\\.0e-04");
        Backend wrong = Spoil.forward(model).on(candidate);
        assertThat(failed(wrong))
                .contains(findings.get(place).item())
                .isSubsetOf(findings.get(place).item(), findings.get(place + 1).item());
        assertThat(new SelfCheck(reference, wrong).findings(true)).hasSize(place + 1);
    }

    @ParameterizedTest
    @CsvSource({
        "planConvolution.forward, 2, true",
        "planConvolution.backwardWeights, 2, false",
        "planConvolution.backwardData, 1, false",
        "planMatMul.forward, 2, true",
        "planMatMul.backwardWeights, 2, false",
        "planMatMul.backwardData, 1, false",
        "planAveragePool.forward, 1, true",
        "planAveragePool.backward, 1, false"
    })
    void aLayerThatIsWrongIsFound(String operation, int result, boolean forward) {
        Backend wrong = Spoil.planned(operation, result, 1.05).on(candidate);
        assertThat(failed(wrong)).contains(PAIR_BACKWARD).satisfies(items -> assertThat(items.contains(PAIR_FORWARD))
                .isEqualTo(forward));
    }

    /** As where a graph leaves out what the first run does. */
    @Test
    void aCapturedGraphThatLeavesWorkOutIsFound() {
        Backend wrong = BackendProxy.of(candidate, (target, method, arguments) -> {
            if (method.getName().equals("capture")) {
                Runnable work = (Runnable) arguments[2];
                AtomicInteger runs = new AtomicInteger();
                arguments[2] = (Runnable) () -> {
                    if (runs.getAndIncrement() < 2) {
                        work.run();
                    }
                };
            }
            return BackendProxy.invoke(target, method, arguments);
        });
        assertThat(failed(wrong)).hasSize(2 * NeuronModel.values().length);
    }

    @Test
    void whatIsNotANumberFails() {
        Backend wrong = Spoil.planned("planMatMul.backwardData", 1, Double.NaN).on(candidate);
        Finding finding = new SelfCheck(reference, wrong).findings().get(1);
        assertThat(finding.passed()).isFalse();
        assertThat(finding.difference()).isInfinite();
    }

    @Test
    void anExceptionIsAFindingInOneLineAndTheOthersGoOn() {
        Backend throwing = BackendProxy.of(candidate, (target, method, arguments) -> {
            if (method.getName().equals("spikeBackward")) {
                throw new BackendException("spikes failed on the GPU:\n  an illegal address");
            }
            return BackendProxy.invoke(target, method, arguments);
        });
        assertThat(new SelfCheck(reference, throwing).findings())
                .filteredOn(finding -> !finding.passed())
                .hasSize(NeuronModel.values().length)
                .allSatisfy(finding -> assertThat(finding.describe())
                        .isEqualTo("failed: spikes failed on the GPU:; an illegal address"));
    }

    /** An f32 sum in another order must not move a spike: the drives are off by more than that here. */
    @Test
    void noMembraneIsNearItsThreshold() {
        Backend noisy = Spoil.planned("planConvolution.forward", 2, 1 + 2e-5).on(candidate);
        assertThat(failed(noisy)).noneMatch(item -> item.endsWith("forward"));
    }

    @ParameterizedTest
    @EnumSource
    void everyLayerSpikesBothWays(NeuronModel model) {
        NetworkCheck network = new NetworkCheck(model);
        List<float[]> results = network.inference(reference);
        int layers = network.graph().neurons().size();
        for (int layer = 1; layer <= layers; layer++) {
            List<Float> rates = new ArrayList<>();
            for (float rate : results.get(layer)) {
                rates.add(rate);
            }
            assertThat(rates).anyMatch(rate -> rate > 0.1);
            assertThat(rates.stream().anyMatch(rate -> rate < -0.04))
                    .isEqualTo(model != NeuronModel.INTEGRATE_AND_FIRE);
        }
        assertThat(results.get(0)).as("images differ").isNotEqualTo(results.get(1 + layers));
    }
}
