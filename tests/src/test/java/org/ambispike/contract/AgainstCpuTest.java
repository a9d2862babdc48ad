package org.ambispike.contract;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.ambispike.backend.ActivationLayout;
import org.ambispike.backend.Backend;
import org.ambispike.backend.DeviceBuffer;
import org.ambispike.backend.SpikeLayout;
import org.ambispike.backend.cpu.CpuBackend;
import org.ambispike.common.Precision;
import org.ambispike.graph.NeuronModel;
import org.ambispike.graph.Op.ActivationKind;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** What another device must have in common with the CPU to the last bit, given equal drive. */
@OnGpus
class AgainstCpuTest extends DeviceContract {
    private static final int[] STEPS = {1, 2, 3, 4, 5, 7, 8, 9, 16, 17, 40};
    private static final int[] CHANNELS = {1, 3, 8, 10, 32, 100, 260, 1030};
    private static final int ROWS = 61;
    private static final double GRADIENT_TOLERANCE = 1e-5;

    static Stream<SpikeLayout> layouts() {
        return IntStream.range(0, STEPS.length).boxed().flatMap(i -> Stream.of(NeuronModel.values())
                .flatMap(model -> Stream.of(false, true)
                        .map(constant -> new SpikeLayout(
                                model,
                                STEPS[i],
                                ROWS,
                                CHANNELS[(i + model.ordinal()) % CHANNELS.length],
                                constant,
                                false))));
    }

    @ParameterizedTest
    @MethodSource("layouts")
    void spikesRatesAndMembranesAreTheSameBits(SpikeLayout layout) {
        try (Backend cpu = CpuBackend.open(Precision.F32, 2)) {
            List<float[]> expected = forward(cpu, layout);
            List<float[]> actual = forward(backend, layout);
            for (int i = 0; i < expected.size(); i++) {
                assertThat(actual.get(i)).as("%s result %d", layout, i).isEqualTo(expected.get(i));
            }
        }
    }

    private static List<float[]> forward(Backend backend, SpikeLayout layout) {
        try (SpikeFixture fixture = SpikeFixture.random(backend, layout, new Random(layout.steps()))) {
            DeviceBuffer spikes = fixture.spikes();
            DeviceBuffer rate = fixture.rate();
            DeviceBuffer carry = fixture.carry();
            DeviceBuffer counts = fixture.counts();
            fixture.forward(carry, spikes, rate, counts);
            DeviceBuffer membranes =
                    carry.slice("used", 0, layout.neurons() * layout.model().carried());
            List<float[]> results = new ArrayList<>();
            for (DeviceBuffer result : List.of(spikes, rate, membranes)) {
                results.add(fixture.arrays().download(result));
            }
            // bits of the whole numbers
            results.add(fixture.arrays().download(counts));
            return results;
        }
    }

    @ParameterizedTest
    @MethodSource("layouts")
    void gradientsAreClose(SpikeLayout layout) {
        try (Backend cpu = CpuBackend.open(Precision.F32, 2)) {
            List<float[]> expected = backward(cpu, layout);
            List<float[]> actual = backward(backend, layout);
            // The same equations from the same membranes; a GPU rounds products and sums of gradients once.
            Compare.assertClose(
                    layout + " drive", actual.get(0), DeviceArrays.widen(expected.get(0)), GRADIENT_TOLERANCE);
            Compare.assertClose(
                    layout + " parameters", actual.get(1), DeviceArrays.widen(expected.get(1)), GRADIENT_TOLERANCE);
        }
    }

    private static List<float[]> backward(Backend backend, SpikeLayout layout) {
        Random random = new Random(layout.steps());
        try (SpikeFixture fixture = SpikeFixture.random(backend, layout, random)) {
            DeviceArrays arrays = fixture.arrays();
            int neurons = Math.toIntExact(layout.neurons());
            DeviceBuffer gradSpikes =
                    arrays.upload("gradSpikes", DeviceArrays.gaussian(random, neurons * layout.steps()));
            DeviceBuffer gradRate = arrays.upload("gradRate", DeviceArrays.gaussian(random, neurons));
            DeviceBuffer gradDrive = fixture.output("gradDrive", SpikeFixture.driveCount(layout));
            DeviceBuffer gradParameters = fixture.output("gradParameters", 4L * layout.channels());
            fixture.backward(gradSpikes, gradRate, gradDrive, gradParameters);
            return List.of(arrays.download(gradDrive), arrays.download(gradParameters));
        }
    }

    @Test
    void activationsAndDropoutAreTheSameBits() {
        try (Backend cpu = CpuBackend.open(Precision.F32, 2)) {
            for (int channels : CHANNELS) {
                assertThat(activations(backend, channels))
                        .as("%d channels", channels)
                        .isEqualTo(activations(cpu, channels));
            }
        }
    }

    private static float[] activations(Backend backend, int channels) {
        Random random = new Random(channels);
        try (DeviceArrays arrays = new DeviceArrays(backend)) {
            DeviceBuffer x = arrays.upload("x", DeviceArrays.gaussian(random, ROWS * channels));
            float[] thresholdsAndSlopes = new float[3 * channels];
            for (int i = 0; i < thresholdsAndSlopes.length; i++) {
                thresholdsAndSlopes[i] = 0.1f + 0.9f * random.nextFloat();
            }
            DeviceBuffer parameters = arrays.upload("parameters", thresholdsAndSlopes);
            DeviceBuffer y = arrays.output("y", (long) ROWS * channels);
            ActivationLayout layout = new ActivationLayout(ActivationKind.QUANTISED, 4, ROWS, channels, 0.75);
            backend.neurons().activationForward(layout, x, parameters, y);
            DeviceBuffer seed = arrays.uploadLongs("seed", 7, (1L << 32) - 5);
            backend.training().dropout(y, y, seed, (long) ROWS * channels, 0.3, 0);
            return arrays.download(y);
        }
    }
}
