package org.ambispike.convert;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.Arrays;
import java.util.SplittableRandom;
import org.ambispike.backend.Backend;
import org.ambispike.backend.cpu.CpuBackend;
import org.ambispike.backend.cpu.CpuProbe;
import org.ambispike.common.InputException;
import org.ambispike.common.Precision;
import org.ambispike.exec.ExecutionOptions;
import org.ambispike.exec.Executor;
import org.ambispike.exec.ParameterStore;
import org.ambispike.graph.HostTensor;
import org.ambispike.graph.Network;
import org.ambispike.graph.NeuronVariant;
import org.ambispike.graph.Weights;
import org.ambispike.support.ResidualNetwork;
import org.assertj.core.data.Percentage;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Networks whose spikes have gains by step: what they start as, and every way of running them. */
class StepGainsTest {
    private static final int IMAGES = 3;
    private static final int STEPS = 6;

    private final Network memory = network(NeuronVariant.MEMORY);

    private static Network network(NeuronVariant variant) {
        Converter.Conversion snn = Converter.convert(ResidualNetwork.clipped(0.1, true), variant);
        return new Network(snn.graph(), snn.weights());
    }

    /** Gains as trained, and biases that count. */
    private Network gained() {
        Network gained = StepGains.over(memory, 4, 0.5);
        SplittableRandom random = new SplittableRandom(3);
        Weights weights = gained.weights();
        for (String name : gained.graph().parameterShapes().keySet()) {
            if (name.endsWith(".stepBias")) {
                weights = weights.map(name, biases -> {
                    HostTensor moved = biases.copy();
                    for (int index = 0; index < moved.values().length; index++) {
                        moved.values()[index] = (float) random.nextDouble(-0.2, 0.2);
                    }
                    return moved;
                });
            }
        }
        return new Network(gained.graph(), weights);
    }

    /** After each step, [T, images, classes]. */
    private static float[] whole(Backend backend, Network network, int steps) {
        float[] logits = new float[steps * IMAGES * network.graph().classes()];
        try (ParameterStore store = ParameterStore.create(backend, network.graph(), network.weights(), false);
                Executor executor =
                        Executor.plan(backend, network.graph(), store, ExecutionOptions.inference(IMAGES, steps))) {
            executor.input(images(network), IMAGES);
            executor.forward();
            backend.memory().download(executor.logits(), logits, 0, logits.length);
        }
        return logits;
    }

    private static float[] streamed(Backend backend, Network network, int steps) {
        int count = IMAGES * network.graph().classes();
        float[] logits = new float[steps * count];
        float[] now = new float[count];
        try (ParameterStore store = ParameterStore.create(backend, network.graph(), network.weights(), false);
                Executor executor =
                        Executor.plan(backend, network.graph(), store, ExecutionOptions.streaming(IMAGES))) {
            executor.input(images(network), IMAGES);
            for (int step = 0; step < steps; step++) {
                executor.forward();
                backend.memory().download(executor.finalLogits(), now, 0, count);
                System.arraycopy(now, 0, logits, step * count, count);
            }
        }
        return logits;
    }

    private static float[] images(Network network) {
        SplittableRandom random = new SplittableRandom(8);
        float[] images =
                new float[IMAGES * Math.toIntExact(network.graph().inputShape().elements())];
        for (int index = 0; index < images.length; index++) {
            images[index] = (float) random.nextDouble(-1, 1.5);
        }
        return images;
    }

    private static void assertClose(float[] actual, float[] expected, double tolerance) {
        assertThat(actual).hasSameSizeAs(expected);
        for (int index = 0; index < actual.length; index++) {
            assertThat(actual[index]).as("logit %d", index).isCloseTo(expected[index], within((float) tolerance));
        }
    }

    @Test
    void withoutASpreadTheyChangeNothing() {
        try (Backend backend = CpuBackend.open(Precision.F32, 1)) {
            assertClose(whole(backend, StepGains.over(memory, 4, 0), STEPS), whole(backend, memory, STEPS), 1e-5);
        }
    }

    /** Beyond the steps that have gains, too. */
    @ParameterizedTest
    @EnumSource(
            value = Precision.class,
            names = {"F32", "INT8"})
    void stepsOneByOneAreStepsInOnePass(Precision precision) {
        Assumptions.assumeTrue(
                precision != Precision.INT8 || CpuProbe.probe().int8(),
                "this processor has no multiplication of bytes");
        try (Backend backend = CpuBackend.open(precision, 1)) {
            float[] whole = whole(backend, gained(), STEPS);
            assertClose(streamed(backend, gained(), STEPS), whole, 1e-5);
            assertThat(whole).isNotEqualTo(whole(backend, memory, STEPS));
        }
    }

    /** What is rounded to levels is what neurons follow, so that errors do not add up. */
    @Test
    void int8IsCloseToF32() {
        Assumptions.assumeTrue(CpuProbe.probe().int8(), "this processor has no multiplication of bytes");
        try (Backend exact = CpuBackend.open(Precision.F32, 1);
                Backend rounded = CpuBackend.open(Precision.INT8, 1)) {
            float[] expected = whole(exact, gained(), 64);
            float[] actual = whole(rounded, gained(), 64);
            int last = expected.length - IMAGES * memory.graph().classes();
            double largest = 0;
            double worst = 0;
            for (int index = last; index < expected.length; index++) {
                largest = Math.max(largest, Math.abs(expected[index]));
                worst = Math.max(worst, Math.abs(expected[index] - actual[index]));
            }
            assertThat(worst).isLessThan(0.1 * largest);
        }
    }

    @Test
    void laterStepsBeginFromTheMeansOfThoseBefore() {
        Network four = StepGains.over(gained(), 8, 0.5);
        HostTensor gains = four.weights().get("act1.gains");
        assertThat(gains.shape().extent(0)).isEqualTo(8);
        assertThat(gains.values()[0]).isCloseTo(1.5f, Percentage.withPercentage(1e-4));
        assertThat(gains.values()[7]).isCloseTo(0.5f, Percentage.withPercentage(1e-4));
        float[] before = gained().weights().get("act1.stepBias").values();
        float[] after = four.weights().get("act1.stepBias").values();
        int channels = before.length / 4;
        double mean = Arrays.stream(new int[] {0, 1, 2, 3})
                .mapToDouble(step -> before[step * channels])
                .average()
                .orElseThrow();
        for (int step = 0; step < 8; step++) {
            assertThat((double) after[step * channels]).isCloseTo(mean, within(1e-6));
        }
    }

    @ParameterizedTest
    @EnumSource(
            value = NeuronVariant.class,
            names = {"PAIR", "SINGLE", "AUGMENTED"})
    void onlyNeuronsThatTakeSpikesBackHaveThem(NeuronVariant variant) {
        assertThatThrownBy(() -> StepGains.over(network(variant), 4, 0.5))
                .isInstanceOf(InputException.class)
                .hasMessageContaining("act1")
                .hasMessageContaining("--neuron memory");
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 9})
    void stepsHaveBounds(int steps) {
        assertThatThrownBy(() -> StepGains.over(memory, steps, 0.5)).hasMessageContaining("2 to 8 steps");
        assertThatThrownBy(() -> StepGains.over(memory, 4, 1)).hasMessageContaining("spread 1.0");
    }
}
