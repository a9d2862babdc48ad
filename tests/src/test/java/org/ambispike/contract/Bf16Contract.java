package org.ambispike.contract;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Random;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.ambispike.backend.Backend;
import org.ambispike.backend.BackendException;
import org.ambispike.backend.Bf16Operations;
import org.ambispike.backend.Bf16Operations.Storage;
import org.ambispike.backend.DeviceBuffer;
import org.ambispike.backend.SpikeLayout;
import org.ambispike.neuron.NeuronModel;
import org.ambispike.support.Bf16Words;
import org.ambispike.tensor.PoolGeometry;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

/** What every backend that stores values in bf16 must do with them. */
abstract class Bf16Contract {
    private static final int[] STEPS = {1, 2, 4, 5, 9, 17};
    private static final int[] CHANNELS = {1, 3, 8, 100, 260, 1030};
    private static final int ROWS = 29;

    private final Random random = new Random(1);
    private Backend backend;
    private Bf16Operations bf16;
    private DeviceArrays arrays;

    /** A fresh backend; the test closes it. */
    abstract Backend backend();

    final Bf16Operations bf16() {
        return bf16;
    }

    final DeviceArrays arrays() {
        return arrays;
    }

    @BeforeEach
    void open() {
        backend = backend();
        bf16 = backend.bf16().orElseThrow();
        arrays = new DeviceArrays(backend);
    }

    @AfterEach
    void close() {
        if (arrays == null) {
            return; // skipped: there was no device to open
        }
        arrays.close();
        assertThat(backend.liveBytes()).isZero();
        backend.close();
    }

    /** What a layer is given beside its parameters. */
    record Case(SpikeLayout layout, Storage drive, boolean bias) {}

    static Stream<Case> cases() {
        return IntStream.range(0, STEPS.length).boxed().flatMap(i -> Stream.of(NeuronModel.values())
                .flatMap(model -> Stream.of(Storage.values()).flatMap(drive -> Stream.of(false, true)
                        .map(flag -> new Case(
                                new SpikeLayout(
                                        model,
                                        0.1,
                                        STEPS[i],
                                        ROWS,
                                        CHANNELS[(i + model.ordinal() + (flag ? 3 : 0)) % CHANNELS.length],
                                        flag ^ drive == Storage.F32,
                                        false),
                                drive,
                                flag)))));
    }

    final DeviceBuffer upload(String label, Storage type, float... values) {
        return type == Storage.F32 ? arrays.upload(label, values) : arrays.upload(label, Bf16Words.pack(values));
    }

    private float[] parameters(int channels) {
        float[] values = new float[4 * channels];
        for (int c = 0; c < channels; c++) {
            values[c] = 0.3f + random.nextFloat();
            values[channels + c] = 0.05f + 0.2f * random.nextFloat();
            values[2 * channels + c] = random.nextFloat();
            values[3 * channels + c] = random.nextFloat();
        }
        return values;
    }

    /** The f32 kernel, given the rounded drive and the bias on top, emits what is rounded here. */
    @ParameterizedTest
    @MethodSource("cases")
    void spikesAreThoseOfF32Rounded(Case given) {
        SpikeLayout layout = given.layout;
        int neurons = Math.toIntExact(layout.neurons());
        int emitted = neurons * layout.steps();
        float[] drive = DeviceArrays.gaussian(random, SpikeFixture.driveCount(layout));
        float[] bias = DeviceArrays.gaussian(random, layout.channels());
        float[] driven = new float[drive.length];
        for (int i = 0; i < drive.length; i++) {
            float read = given.drive == Storage.F32 ? drive[i] : Bf16Words.rounded(drive[i]);
            driven[i] = given.bias ? read + bias[i % layout.channels()] : read;
        }
        float[] parameters = parameters(layout.channels());
        try (SpikeFixture reference = new SpikeFixture(backend, layout, driven, parameters)) {
            DeviceBuffer spikes = reference.spikes();
            DeviceBuffer rate = reference.rate();
            DeviceBuffer carry = reference.carry();
            DeviceBuffer counts = reference.counts();
            reference.forward(carry, spikes, rate, counts);

            DeviceBuffer ownSpikes = arrays.output("own spikes", (emitted + 1) / 2);
            DeviceBuffer ownRate = arrays.output("own rate", neurons);
            DeviceBuffer ownCarry = arrays.output("own carry", 2L * neurons);
            DeviceBuffer ownCounts = arrays.upload("own counts", new float[4 * layout.steps()]);
            bf16.spikeForward(
                    layout,
                    upload("own drive", given.drive, drive),
                    given.drive,
                    given.bias ? arrays.upload("bias", bias) : DeviceBuffer.absent(),
                    arrays.upload("own parameters", parameters),
                    ownCarry,
                    false,
                    ownSpikes,
                    ownRate,
                    ownCounts);

            float[] expected = arrays.download(spikes);
            for (int i = 0; i < expected.length; i++) {
                expected[i] = Bf16Words.rounded(expected[i]);
            }
            assertThat(Bf16Words.unpack(arrays.download(ownSpikes), emitted)).isEqualTo(expected);
            assertThat(arrays.download(ownRate)).isEqualTo(arrays.download(rate));
            assertThat(reference.counts(ownCounts)).isEqualTo(reference.counts(counts));
            int membranes = neurons * layout.model().carried();
            assertThat(arrays.download(ownCarry.slice("used", 0, membranes)))
                    .isEqualTo(arrays.download(carry.slice("used", 0, membranes)));
        }
    }

    /** Two steps and then two more, from the membranes between, are four. */
    @Test
    void aRunGoesOnFromItsMembranes() {
        int channels = 8;
        SpikeLayout four = new SpikeLayout(NeuronModel.PAIR, 0.1, 4, ROWS, channels, false, false);
        SpikeLayout two = new SpikeLayout(NeuronModel.PAIR, 0.1, 2, ROWS, channels, false, false);
        int neurons = ROWS * channels;
        DeviceBuffer drive = upload("drive", Storage.BF16, DeviceArrays.gaussian(random, 4 * neurons));
        DeviceBuffer parameters = arrays.upload("parameters", parameters(channels));
        DeviceBuffer carry = arrays.output("carry", 2L * neurons);
        DeviceBuffer whole = arrays.output("whole", 2L * neurons);
        DeviceBuffer parts = arrays.output("parts", 2L * neurons);
        DeviceBuffer none = DeviceBuffer.absent();
        bf16.spikeForward(four, drive, Storage.BF16, none, parameters, none, false, whole, none, none);
        for (int part = 0; part < 2; part++) {
            DeviceBuffer from = drive.slice("part", (long) part * neurons, neurons);
            DeviceBuffer to = parts.slice("part", (long) part * neurons, neurons);
            bf16.spikeForward(two, from, Storage.BF16, none, parameters, carry, part > 0, to, none, none);
        }
        assertThat(Bf16Words.unpack(arrays.download(parts), 4 * neurons))
                .isEqualTo(Bf16Words.unpack(arrays.download(whole), 4 * neurons));
    }

    @ParameterizedTest
    @CsvSource({"4, 6, 8, 2, 2, 3", "7, 5, 3, 3, 2, 2", "4, 4, 100, 4, 4, 1", "3, 3, 260, 1, 1, 2"})
    void poolsAreMeans(int height, int width, int channels, int kernel, int stride, int images) {
        PoolGeometry geometry = new PoolGeometry(height, width, channels, kernel, stride);
        float[] src = DeviceArrays.gaussian(random, images * height * width * channels);
        int count = Math.toIntExact(images * geometry.outputShape().elements());
        double[] expected = new double[count];
        for (int i = 0; i < count; i++) {
            int channel = i % channels;
            int column = i / channels % geometry.outWidth();
            int row = i / channels / geometry.outWidth() % geometry.outHeight();
            int image = i / channels / geometry.outWidth() / geometry.outHeight();
            for (int k = 0; k < kernel * kernel; k++) {
                int y = row * stride + k / kernel;
                int x = column * stride + k % kernel;
                expected[i] += Bf16Words.rounded(src[((image * height + y) * width + x) * channels + channel])
                        / (double) (kernel * kernel);
            }
        }
        DeviceBuffer dst = arrays.output("dst", (count + 1) / 2);
        bf16.averagePool(geometry, images, upload("src", Storage.BF16, src), dst);
        // half a unit in the last of 8 bits
        Compare.assertClose(
                "means", Bf16Words.unpack(arrays.download(dst), count), expected, Math.scalb(1.0, -8) * 1.001);
    }

    @Test
    void smoothAndAugmentedSpikesAreRefused() {
        DeviceBuffer any = arrays.allocate("any", 4096);
        DeviceBuffer none = DeviceBuffer.absent();
        SpikeLayout smooth = new SpikeLayout(NeuronModel.PAIR, 0.1, 1, 4, 4, false, true);
        SpikeLayout augmented = new SpikeLayout(NeuronModel.PAIR, 0.1, 1, 4, 4, false, false, 3);
        for (SpikeLayout layout : new SpikeLayout[] {smooth, augmented}) {
            assertThatThrownBy(
                            () -> bf16.spikeForward(layout, any, Storage.F32, none, any, none, false, any, none, none))
                    .isInstanceOf(BackendException.class);
        }
    }
}
