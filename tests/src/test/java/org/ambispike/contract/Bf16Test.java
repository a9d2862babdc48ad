package org.ambispike.contract;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import java.util.Random;
import java.util.function.IntFunction;
import java.util.function.IntToDoubleFunction;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.ambispike.backend.Bf16Operations;
import org.ambispike.backend.Bf16Operations.Addend;
import org.ambispike.backend.Bf16Operations.SpikeForm;
import org.ambispike.backend.Bf16Operations.Storage;
import org.ambispike.backend.DeviceBuffer;
import org.ambispike.backend.SampleTables;
import org.ambispike.backend.SpikeBuffers;
import org.ambispike.backend.SpikeLayout;
import org.ambispike.common.BackendException;
import org.ambispike.common.Precision;
import org.ambispike.graph.NeuronModel;
import org.ambispike.graph.Op;
import org.ambispike.graph.PoolGeometry;
import org.ambispike.graph.SampledAxis;
import org.ambispike.support.Bf16Words;
import org.ambispike.support.SpikeBytes;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

/** What every backend that stores values in bf16 must do with them. */
@OnGpus
class Bf16Test extends DeviceContract {
    /** What drives are stored in. */
    static final List<Storage> NUMBERS = List.of(Storage.F32, Storage.BF16);

    /** A power of two, so that thresholds over it are exact. */
    private static final int[] STEPS = {1, 2, 4, 5, 9, 17};

    private static final int[] CHANNELS = {1, 3, 8, 100, 260, 1030};
    private static final int ROWS = 29;

    private final Random random = new Random(1);
    private Bf16Operations bf16;

    @Override
    Precision precision() {
        return Precision.BF16;
    }

    @BeforeEach
    void operations() {
        bf16 = backend.bf16().orElseThrow();
    }

    /** What is added to the drive. */
    enum Second {
        NONE,
        VARYING,
        CONSTANT
    }

    /**
     * What a layer is given beside its parameters.
     *
     * @param bias whether the drive has one; the addend has one where the drive has none
     */
    record Case(SpikeLayout layout, Storage drive, boolean bias, Second second, Storage emitted) {
        int secondCount() {
            int steps = second == Second.VARYING ? layout.steps() : 1;
            return second == Second.NONE ? 0 : Math.toIntExact(layout.neurons()) * steps;
        }

        /** The layout of the same layer if all it is given were one drive. */
        SpikeLayout together() {
            return new SpikeLayout(
                    layout.model(),
                    layout.steps(),
                    layout.rows(),
                    layout.channels(),
                    layout.constantDrive() && second != Second.VARYING,
                    false);
        }
    }

    /**
     * Types, constant drives and channels take turns with the rest, so that all pairs of them occur, and every kernel: each
     * model with both types of either, few channels and many, a sum and none.
     */
    static Stream<Case> cases() {
        return IntStream.range(0, STEPS.length).boxed().flatMap(i -> Stream.of(NeuronModel.values())
                .flatMap(model -> Stream.of(false, true)
                        .flatMap(bias -> Stream.of(Second.values()).map(second -> {
                            int turn = i + model.ordinal() + second.ordinal() + (bias ? 3 : 0);
                            Storage drive = NUMBERS.get((i + model.ordinal()) % 2);
                            return new Case(
                                    new SpikeLayout(
                                            model,
                                            STEPS[i],
                                            ROWS,
                                            CHANNELS[turn % CHANNELS.length],
                                            bias ^ i % 2 == 0,
                                            false),
                                    drive,
                                    bias,
                                    second,
                                    (i / 2 + second.ordinal()) % 2 == 0 || model == NeuronModel.GRADED
                                            ? Storage.BF16
                                            : Storage.BYTE);
                        }))));
    }

    /** A layer's inputs in both forms. */
    private final class Given {
        private final Case given;
        private final float[] drive;
        private final float[] second;
        private final float[] bias;

        Given(Case given, IntFunction<float[]> numbers) {
            this.given = given;
            this.drive = numbers.apply(SpikeFixture.driveCount(given.layout));
            this.second = numbers.apply(given.secondCount());
            this.bias = numbers.apply(given.layout.channels());
        }

        private float read(Storage type, float value) {
            return type == Storage.F32 ? value : Bf16Words.rounded(value);
        }

        /** What neurons are to add up at each step. */
        float[] together() {
            float[] sums = new float[SpikeFixture.driveCount(given.together())];
            for (int i = 0; i < sums.length; i++) {
                float channelBias = bias[i % given.layout.channels()];
                float first = read(given.drive, drive[i % drive.length]);
                sums[i] = given.bias ? first + channelBias : first;
                if (given.second != Second.NONE) {
                    float added = read(Storage.BF16, second[i % second.length]);
                    sums[i] += given.bias ? added : added + channelBias;
                }
            }
            return sums;
        }

        void run(
                DeviceBuffer parameters,
                DeviceBuffer carry,
                DeviceBuffer spikes,
                DeviceBuffer rate,
                DeviceBuffer counts) {
            DeviceBuffer none = DeviceBuffer.absent();
            DeviceBuffer uploaded = arrays.upload("bias", bias);
            Addend addend = given.second == Second.NONE
                    ? Addend.NONE
                    : new Addend(
                            upload(arrays, "addend", Storage.BF16, second),
                            given.bias ? none : uploaded,
                            given.second == Second.CONSTANT);
            bf16.spikeForward(
                    given.layout,
                    new SpikeBuffers(
                            upload(arrays, "own drive", given.drive, drive), parameters, carry, spikes, rate, counts),
                    new SpikeForm(given.drive, given.bias ? uploaded : none, addend, given.emitted),
                    false);
        }

        DeviceBuffer spikes() {
            int bytes = Math.toIntExact(given.layout.neurons()) * given.layout.steps() * given.emitted.bytes();
            return ByteArrays.output(arrays, "own spikes", bytes);
        }

        /** What spikes are worth: in bytes just the value, in bf16 the nearest there is. */
        float[] worth(DeviceBuffer spikes, float... parameters) {
            int count = Math.toIntExact(given.layout.neurons()) * given.layout.steps();
            if (given.emitted == Storage.BF16) {
                return Bf16Words.unpack(arrays.download(spikes), count);
            }
            int[] bytes = ByteArrays.download(arrays, spikes, count);
            float[] values = new float[count];
            int channels = given.layout.channels();
            for (int i = 0; i < count; i++) {
                values[i] = SpikeBytes.worth(bytes[i], parameters[i % channels], parameters[channels + i % channels]);
            }
            return values;
        }
    }

    static DeviceBuffer upload(DeviceArrays arrays, String label, Storage type, float... values) {
        return type == Storage.F32 ? arrays.upload(label, values) : arrays.upload(label, Bf16Words.pack(values));
    }

    private float[] parameters(int channels) {
        return SpikeFixture.parameters(random, channels);
    }

    /** The f32 kernel, given the sum of the rounded drives and the biases, emits what is rounded here. */
    @ParameterizedTest
    @MethodSource("cases")
    void spikesAreThoseOfF32Rounded(Case given) {
        SpikeLayout layout = given.layout;
        int neurons = Math.toIntExact(layout.neurons());
        Given inputs = new Given(given, count -> DeviceArrays.gaussian(random, count));
        float[] parameters = parameters(layout.channels());
        try (SpikeFixture reference = new SpikeFixture(backend, given.together(), inputs.together(), parameters)) {
            DeviceBuffer spikes = reference.spikes();
            DeviceBuffer rate = reference.rate();
            DeviceBuffer carry = reference.carry();
            DeviceBuffer counts = reference.counts();
            reference.forward(carry, spikes, rate, counts);

            DeviceBuffer ownSpikes = inputs.spikes();
            DeviceBuffer ownRate = arrays.output("own rate", neurons);
            DeviceBuffer ownCarry = arrays.output("own carry", 2L * neurons);
            DeviceBuffer ownCounts = arrays.upload("own counts", new float[4 * layout.steps()]);
            inputs.run(arrays.upload("own parameters", parameters), ownCarry, ownSpikes, ownRate, ownCounts);

            float[] expected = arrays.download(spikes);
            for (int i = 0; i < expected.length && given.emitted == Storage.BF16; i++) {
                expected[i] = Bf16Words.rounded(expected[i]);
            }
            assertThat(inputs.worth(ownSpikes, parameters)).isEqualTo(expected);
            assertThat(arrays.download(ownRate)).isEqualTo(arrays.download(rate));
            assertThat(reference.counts(ownCounts)).isEqualTo(reference.counts(counts));
            int membranes = neurons * layout.model().carried();
            assertThat(arrays.download(ownCarry.slice("used", 0, membranes)))
                    .isEqualTo(arrays.download(carry.slice("used", 0, membranes)));
        }
    }

    static Stream<Case> shortRuns() {
        return cases().filter(given -> given.layout.steps() < 10);
    }

    /** Without counts, and with numbers whose sums are exact: the reference in double emits just the same. */
    @ParameterizedTest
    @MethodSource("shortRuns")
    void spikesAreThoseOfTheReferenceWhereSumsAreExact(Case given) {
        int channels = given.layout.channels();
        SpikeLayout layout = given.together();
        Given inputs = new Given(given, count -> sixtyFourths(count, 128));
        float[] parameters = new float[5 * channels];
        for (int c = 0; c < channels; c++) {
            parameters[c] = (1 + random.nextInt(4)) / 4f;
            parameters[channels + c] = (1 + random.nextInt(4)) / 16f;
            parameters[2 * channels + c] = random.nextInt(5) / 4f;
            parameters[3 * channels + c] = random.nextInt(5) / 4f;
            parameters[4 * channels + c] = c % 4 == 1 ? 0 : 0.125f;
        }
        DeviceBuffer spikes = inputs.spikes();
        DeviceBuffer none = DeviceBuffer.absent();
        inputs.run(arrays.upload("parameters", parameters), none, spikes, none, none);
        double[] expected = new ReferenceSpike(layout, 1)
                .forward(DeviceArrays.widen(inputs.together()), DeviceArrays.widen(parameters))
                .spikes();
        assertThat(DeviceArrays.widen(inputs.worth(spikes, parameters))).isEqualTo(expected);
    }

    /** Which bf16 has. */
    private float[] sixtyFourths(int count, int most) {
        float[] values = new float[count];
        for (int i = 0; i < count; i++) {
            values[i] = (random.nextInt(2 * most + 1) - most) / 64f;
        }
        return values;
    }

    /** Two steps and then two more, from the membranes between, are four. */
    @Test
    void aRunGoesOnFromItsMembranes() {
        int channels = 8;
        SpikeLayout four = new SpikeLayout(NeuronModel.PAIR, 4, ROWS, channels, false, false);
        SpikeLayout two = new SpikeLayout(NeuronModel.PAIR, 2, ROWS, channels, false, false);
        int neurons = ROWS * channels;
        DeviceBuffer drive = upload(arrays, "drive", Storage.BF16, DeviceArrays.gaussian(random, 4 * neurons));
        DeviceBuffer parameters = arrays.upload("parameters", parameters(channels));
        DeviceBuffer carry = arrays.output("carry", 2L * neurons);
        DeviceBuffer whole = arrays.output("whole", 2L * neurons);
        DeviceBuffer parts = arrays.output("parts", 2L * neurons);
        DeviceBuffer none = DeviceBuffer.absent();
        Addend nothing = Addend.NONE;
        Storage type = Storage.BF16;
        bf16.spikeForward(
                four,
                new SpikeBuffers(drive, parameters, none, whole, none, none),
                new SpikeForm(type, none, nothing, type),
                false);
        for (int part = 0; part < 2; part++) {
            DeviceBuffer from = drive.slice("part", (long) part * neurons, neurons);
            DeviceBuffer to = parts.slice("part", (long) part * neurons, neurons);
            bf16.spikeForward(
                    two,
                    new SpikeBuffers(from, parameters, carry, to, none, none),
                    new SpikeForm(type, none, nothing, type),
                    part > 0);
        }
        assertThat(Bf16Words.unpack(arrays.download(parts), 4 * neurons))
                .isEqualTo(Bf16Words.unpack(arrays.download(whole), 4 * neurons));
    }

    @ParameterizedTest
    @CsvSource({"4, 6, 8, 2, 2, 3", "7, 5, 3, 3, 2, 2", "4, 4, 100, 4, 4, 1", "3, 3, 260, 1, 1, 2"})
    void poolsAreMeans(int height, int width, int channels, int kernel, int stride, int images) {
        PoolGeometry geometry = new PoolGeometry(height, width, channels, kernel, stride);
        float[] src = DeviceArrays.gaussian(random, images * height * width * channels);
        double[] expected = means(geometry, images, index -> Bf16Words.rounded(src[index]));
        DeviceBuffer dst = arrays.output("dst", (expected.length + 1) / 2);
        bf16.averagePool(geometry, images, upload(arrays, "src", Storage.BF16, src), dst);
        assertHalfAUnit(dst, expected);
    }

    /** Sums are f32, and rounded when they are stored. */
    @ParameterizedTest
    @MethodSource("org.ambispike.contract.RearrangementTest#maps")
    void mapsAlongAxesAreThoseOfF32Rounded(SampledAxis down, SampledAxis across, SampledAxis channels) {
        SampleTables tables = SampleTables.of(new Op.Resample(down, across, channels));
        DeviceBuffer table = arrays.upload("table", tables.values());
        float[] src = DeviceArrays.gaussian(random, 2 * down.extent() * across.extent() * channels.extent());
        for (int i = 0; i < src.length; i++) {
            src[i] = Bf16Words.rounded(src[i]);
        }
        int count = 2 * down.places() * across.places() * channels.places();
        DeviceBuffer wide = arrays.output("wide", count);
        backend.linear().resample(tables, table, arrays.upload("x", src), wide, 2);
        float[] expected = arrays.download(wide);
        for (int i = 0; i < count; i++) {
            expected[i] = Bf16Words.rounded(expected[i]);
        }
        DeviceBuffer dst = arrays.output("dst", (count + 1) / 2);
        bf16.resample(tables, table, upload(arrays, "src", Storage.BF16, src), dst, 2);
        assertThat(Bf16Words.unpack(arrays.download(dst), count)).isEqualTo(expected);
    }

    /** In double, [images, H', W', C]. */
    private static double[] means(PoolGeometry geometry, int images, IntToDoubleFunction source) {
        int count = Math.toIntExact(images * geometry.outputShape().elements());
        int channels = geometry.channels();
        double[] expected = new double[count];
        for (int i = 0; i < count; i++) {
            int channel = i % channels;
            int column = i / channels % geometry.outWidth();
            int row = i / channels / geometry.outWidth() % geometry.outHeight();
            int image = i / channels / geometry.outWidth() / geometry.outHeight();
            for (int k = 0; k < geometry.kernel() * geometry.kernel(); k++) {
                int y = row * geometry.stride() + k / geometry.kernel();
                int x = column * geometry.stride() + k % geometry.kernel();
                int index = ((image * geometry.height() + y) * geometry.width() + x) * channels + channel;
                expected[i] += source.applyAsDouble(index) / (geometry.kernel() * geometry.kernel());
            }
        }
        return expected;
    }

    /** Half a unit in the last of 8 bits. */
    private void assertHalfAUnit(DeviceBuffer dst, double... expected) {
        float[] means = Bf16Words.unpack(arrays.download(dst), expected.length);
        Compare.assertClose("means", means, expected, Math.scalb(1.0, -8) * 1.001);
    }

    /** Where thresholds and windows are powers of two sums are exact, and means nearest to the reference's. */
    @ParameterizedTest
    @CsvSource({
        "4, 6, 8, 2, 2, 3, true",
        "4, 6, 8, 2, 2, 3, false",
        "7, 5, 3, 3, 2, 2, false",
        "8, 8, 100, 4, 4, 1, true",
        "7, 7, 264, 7, 1, 1, false",
        "16, 16, 16, 16, 16, 2, true",
        "3, 3, 260, 1, 1, 2, true"
    })
    void poolsOfBytesAreMeans(int height, int width, int channels, int kernel, int stride, int images, boolean exact) {
        PoolGeometry geometry = new PoolGeometry(height, width, channels, kernel, stride);
        int[] src = new int[images * height * width * channels];
        for (int i = 0; i < src.length; i++) {
            src[i] = SpikeBytes.of(random.nextInt(3) - 1, random.nextInt(3) - 1);
        }
        float[] thresholds = new float[2 * channels];
        for (int i = 0; i < thresholds.length; i++) {
            thresholds[i] = exact ? Math.scalb(1f, -random.nextInt(4)) : 0.1f + random.nextFloat();
        }
        double[] expected = means(geometry, images, index -> {
            int channel = index % channels;
            return SpikeBytes.worth(src[index], thresholds[channel], thresholds[channels + channel]);
        });
        DeviceBuffer dst = arrays.output("dst", (expected.length + 1) / 2);
        DeviceBuffer uploaded = arrays.upload("thresholds", thresholds);
        bf16.averagePoolOfBytes(geometry, images, ByteArrays.upload(arrays, "src", src), uploaded, dst);
        assertHalfAUnit(dst, expected);
        for (int i = 0; i < expected.length; i++) {
            expected[i] = Bf16Words.rounded((float) expected[i]);
        }
        if (exact) {
            assertThat(DeviceArrays.widen(Bf16Words.unpack(arrays.download(dst), expected.length)))
                    .isEqualTo(expected);
        }
    }

    @Test
    void whatNoKernelDoesIsRefused() {
        DeviceBuffer any = arrays.allocate("any", 4096);
        DeviceBuffer none = DeviceBuffer.absent();
        SpikeLayout smooth = new SpikeLayout(NeuronModel.PAIR, 1, 4, 4, false, true);
        SpikeLayout augmented = new SpikeLayout(NeuronModel.PAIR, 1, 4, 4, false, false, 3);
        Storage type = Storage.BF16;
        for (SpikeLayout layout : new SpikeLayout[] {smooth, augmented}) {
            assertThatThrownBy(() -> bf16.spikeForward(
                            layout,
                            new SpikeBuffers(any, any, none, any, none, none),
                            new SpikeForm(type, none, Addend.NONE, type),
                            false))
                    .isInstanceOf(BackendException.class);
        }
        SpikeLayout plain = new SpikeLayout(NeuronModel.PAIR, 1, 4, 4, false, false);
        Addend onlyBias = new Addend(none, any, false);
        assertThatThrownBy(() -> bf16.spikeForward(
                        plain,
                        new SpikeBuffers(any, any, none, any, none, none),
                        new SpikeForm(type, none, onlyBias, type),
                        false))
                .isInstanceOf(BackendException.class);
        assertThatThrownBy(() -> bf16.spikeForward(
                        plain,
                        new SpikeBuffers(any, any, none, any, none, none),
                        new SpikeForm(Storage.BYTE, none, Addend.NONE, type),
                        false))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("BYTE");
    }
}
