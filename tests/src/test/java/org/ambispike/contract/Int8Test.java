package org.ambispike.contract;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Random;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.ambispike.backend.DeviceBuffer;
import org.ambispike.backend.Int8Operations;
import org.ambispike.backend.SpikeBuffers;
import org.ambispike.backend.SpikeLayout;
import org.ambispike.common.BackendException;
import org.ambispike.common.Precision;
import org.ambispike.graph.NeuronModel;
import org.ambispike.graph.PoolGeometry;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What neurons, pools and sums must make of spikes in bytes. */
@OnDevices
class Int8Test extends DeviceContract {
    @Override
    Precision precision() {
        return Precision.INT8;
    }

    private static final DeviceBuffer ABSENT = DeviceBuffer.absent();

    static Stream<SpikeLayout> layouts() {
        return Stream.of(NeuronModel.values())
                .filter(model -> model != NeuronModel.GRADED)
                .flatMap(model -> Stream.of(1, 3, 16, 33, 64, 100).flatMap(channels -> Stream.of(1, 4, 17)
                        .map(steps ->
                                new SpikeLayout(model, steps, 37, channels, (steps + channels) % 2 == 0, false))));
    }

    /** Levels that differ from channel to channel, [3, channels]; the unit is that of the drive's numbers, so exact. */
    private static float[] levels(int channels, Random random) {
        float[] levels = new float[3 * channels];
        for (int c = 0; c < channels; c++) {
            levels[c] = 1 + random.nextInt(Int8Operations.MOST_LEVELS);
            levels[channels + c] = random.nextInt(Int8Operations.MOST_LEVELS + 1);
            levels[2 * channels + c] = (1 + random.nextInt(8)) / 64f;
        }
        return levels;
    }

    @ParameterizedTest
    @MethodSource("layouts")
    void spikesAreThoseOfTheReferenceInLevels(SpikeLayout layout) {
        Random random = new Random(layout.hashCode());
        int channels = layout.channels();
        int neurons = Math.toIntExact(layout.neurons());
        int steps = layout.steps();
        try (SpikeFixture fixture = SpikeFixture.exact(backend, layout, random)) {
            DeviceArrays arrays = fixture.arrays();
            float[] levels = levels(channels, random);
            DeviceBuffer drive = arrays.upload("drive", narrow(fixture.drive()));
            DeviceBuffer parameters = arrays.upload("parameters", narrow(fixture.parameters()));
            DeviceBuffer levelBuffer = arrays.upload("levels", levels);
            DeviceBuffer spikes = ByteArrays.output(arrays, "spikes", steps * neurons);
            DeviceBuffer rate = fixture.rate();
            DeviceBuffer carry = fixture.carry();
            DeviceBuffer counts = fixture.counts();
            Int8Operations int8 = backend.int8().orElseThrow();
            int8.spikeForward(
                    layout, new SpikeBuffers(drive, parameters, carry, spikes, rate, counts), levelBuffer, false);

            int[] worth = new int[steps * neurons];
            ReferenceSpike.Forward expected = fixture.reference()
                    .forward(fixture.drive(), fixture.parameters(), null, (element, event, distance) -> {
                        int c = element % channels;
                        worth[element] += distance > 0 ? (int) event.value(levels[c], levels[channels + c]) : 0;
                        return distance > 0;
                    });
            double[] rates = new double[neurons];
            for (int i = 0; i < worth.length; i++) {
                rates[i % neurons] += (double) worth[i] * levels[2 * channels + i % channels] / steps;
            }
            assertThat(ByteArrays.downloadLevels(arrays, spikes, worth.length, int8))
                    .isEqualTo(worth);
            Compare.assertClose("rate", arrays.download(rate), rates, 2e-7);
            assertThat(fixture.counts(counts)).isEqualTo(expected.counts());
            for (int i = 0; i < neurons; i++) {
                assertThat(arrays.download(carry)[i]).isEqualTo((float) expected.carry()[i]);
            }
        }
    }

    /** Their thresholds are what the levels of a step are worth; with even levels and gains in halves these are whole. */
    @ParameterizedTest
    @ValueSource(ints = {1, 2, 4, 9})
    void gradedSpikesFollowTheLevelsThatTheyEmit(int steps) {
        SpikeLayout layout = SpikeLayouts.layout(NeuronModel.GRADED, steps, 17, 33, false);
        Random random = new Random(steps);
        try (SpikeFixture fixture = SpikeFixture.exact(backend, layout, random)) {
            DeviceArrays arrays = fixture.arrays();
            double[] parameters = fixture.parameters();
            float[] levels = new float[3 * 33];
            for (int c = 0; c < 33; c++) {
                levels[2 * 33 + c] = (1 + random.nextInt(4)) / 256f;
                for (int side = 0; side < 2; side++) {
                    levels[side * 33 + c] = 2 * (1 + random.nextInt(31));
                    parameters[side * 33 + c] = levels[side * 33 + c] * levels[2 * 33 + c];
                }
            }
            int count = steps * 17 * 33;
            DeviceBuffer spikes = ByteArrays.output(arrays, "spikes", count);
            DeviceBuffer drive = arrays.upload("drive", narrow(fixture.drive()));
            SpikeBuffers buffers = new SpikeBuffers(
                    drive, arrays.upload("parameters", narrow(parameters)), ABSENT, spikes, ABSENT, ABSENT);
            Int8Operations int8 = backend.int8().orElseThrow();
            int8.spikeForward(layout, buffers, arrays.upload("levels", levels), false);
            double[] expected =
                    fixture.reference().forward(fixture.drive(), parameters).spikes();
            int[] emitted = IntStream.range(0, count)
                    .map(i -> (int) Math.rint(expected[i] / levels[2 * 33 + i % 33]))
                    .toArray();
            assertThat(ByteArrays.downloadLevels(arrays, spikes, count, int8)).isEqualTo(emitted);
        }
    }

    @Test
    void stepsInPartsAreStepsInOne() {
        SpikeLayout layout = new SpikeLayout(NeuronModel.PAIR, 4, 19, 32, true, false);
        SpikeLayout part = new SpikeLayout(NeuronModel.PAIR, 2, 19, 32, true, false);
        int neurons = 19 * 32;
        Random random = new Random(2);
        try (SpikeFixture fixture = SpikeFixture.random(backend, layout, random)) {
            DeviceArrays arrays = fixture.arrays();
            DeviceBuffer drive = arrays.upload("drive", narrow(fixture.drive()));
            DeviceBuffer parameters = arrays.upload("parameters", narrow(fixture.parameters()));
            DeviceBuffer levels = arrays.upload("levels", levels(32, random));
            DeviceBuffer whole = ByteArrays.output(arrays, "whole", 4 * neurons);
            DeviceBuffer parts = ByteArrays.output(arrays, "parts", 4 * neurons);
            DeviceBuffer carry = fixture.carry();
            Int8Operations int8 = backend.int8().orElseThrow();
            int8.spikeForward(
                    layout, new SpikeBuffers(drive, parameters, ABSENT, whole, ABSENT, ABSENT), levels, false);
            for (int half = 0; half < 2; half++) {
                DeviceBuffer to = parts.slice("half", half * 2L * neurons / 4, 2L * neurons / 4);
                int8.spikeForward(
                        part, new SpikeBuffers(drive, parameters, carry, to, ABSENT, ABSENT), levels, half > 0);
            }
            assertThat(ByteArrays.download(arrays, parts, 4 * neurons))
                    .isEqualTo(ByteArrays.download(arrays, whole, 4 * neurons));
        }
    }

    static Stream<PoolGeometry> pools() {
        return Stream.of(
                new PoolGeometry(2, 2, 1, 2, 2),
                new PoolGeometry(7, 6, 3, 2, 2),
                new PoolGeometry(14, 14, 64, 2, 2),
                new PoolGeometry(5, 9, 33, 2, 1),
                new PoolGeometry(4, 4, 100, 4, 4),
                new PoolGeometry(15, 16, 31, 15, 1));
    }

    @ParameterizedTest
    @MethodSource("pools")
    void poolsAreExact(PoolGeometry geometry) {
        int images = 3;
        int window = geometry.kernel() * geometry.kernel();
        int channels = geometry.channels();
        Random random = new Random(channels);
        int[] src = ByteArrays.randomLevels(
                random, Math.toIntExact(images * geometry.inputShape().elements()), Math.max(1, 127 / window));
        int count = Math.toIntExact(images * geometry.outputShape().elements());
        long[] sums = new long[count];
        for (int i = 0; i < count; i++) {
            int c = i % channels;
            int x = i / channels % geometry.outWidth();
            int y = i / channels / geometry.outWidth() % geometry.outHeight();
            int image = i / channels / geometry.outWidth() / geometry.outHeight();
            for (int k = 0; k < window; k++) {
                int row = y * geometry.stride() + k / geometry.kernel();
                int column = x * geometry.stride() + k % geometry.kernel();
                sums[i] += src[((image * geometry.height() + row) * geometry.width() + column) * channels + c];
            }
        }
        float[] unit = DeviceArrays.gaussian(random, channels);
        Int8Operations int8 = backend.int8().orElseThrow();
        DeviceBuffer from = ByteArrays.uploadLevels(arrays, "src", src, int8);
        DeviceBuffer means = arrays.output("means", count);
        int8.averagePool(geometry, images, from, arrays.upload("unit", unit), means);
        double[] expected = new double[count];
        for (int i = 0; i < count; i++) {
            expected[i] = sums[i] * (double) unit[i % channels] / window;
        }
        Compare.assertClose("means", arrays.download(means), expected, 1e-6);
        if (window > 127) {
            return; // no byte holds such sums
        }
        DeviceBuffer bytes = ByteArrays.output(arrays, "sums", count);
        int8.sumPool(geometry, images, from, bytes);
        int[] actual = ByteArrays.downloadLevels(arrays, bytes, count, int8);
        for (int i = 0; i < count; i++) {
            assertThat(actual[i]).as("sum %d", i).isEqualTo((int) sums[i]);
        }
    }

    @Test
    void whatBytesAreWorthIsAdded() {
        Random random = new Random(3);
        int rows = 1001;
        int channels = 17;
        int[] levels = ByteArrays.randomLevels(random, rows * channels, 127);
        float[] unit = DeviceArrays.gaussian(random, channels);
        float[] added = DeviceArrays.gaussian(random, rows * channels);
        double[] worth = new double[rows * channels];
        double[] sum = new double[rows * channels];
        for (int i = 0; i < worth.length; i++) {
            worth[i] = levels[i] * (double) unit[i % channels];
            sum[i] = worth[i] + added[i];
        }
        Int8Operations int8 = backend.int8().orElseThrow();
        DeviceBuffer x = ByteArrays.uploadLevels(arrays, "x", levels, int8);
        DeviceBuffer units = arrays.upload("unit", unit);
        DeviceBuffer y = arrays.output("y", worth.length);
        int8.add(x, units, ABSENT, y, rows, channels);
        Compare.assertClose("worth", arrays.download(y), worth, 1e-7);
        DeviceBuffer inPlace = arrays.upload("added", added);
        int8.add(x, units, inPlace, inPlace, rows, channels);
        Compare.assertClose("sum", arrays.download(inPlace), sum, 1e-7);
    }

    @Test
    void smoothSpikesAreRefused() {
        SpikeLayout smooth = new SpikeLayout(NeuronModel.PAIR, 1, 1, 1, false, true);
        DeviceBuffer numbers = arrays.upload("numbers", 1, 1, 1, 1);
        assertThatThrownBy(() -> backend.int8()
                        .orElseThrow()
                        .spikeForward(
                                smooth,
                                new SpikeBuffers(numbers, numbers, ABSENT, ABSENT, ABSENT, ABSENT),
                                numbers,
                                false))
                .isInstanceOf(BackendException.class)
                .hasMessageContaining("int8 spikeForward");
    }

    private static float[] narrow(double[] values) {
        float[] narrow = new float[values.length];
        for (int i = 0; i < values.length; i++) {
            narrow[i] = (float) values[i];
        }
        return narrow;
    }
}
