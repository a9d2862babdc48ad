package org.ambispike.contract;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.Optional;
import java.util.Random;
import java.util.stream.Stream;
import org.ambispike.backend.DeviceBuffer;
import org.ambispike.backend.MaxPoolLayout;
import org.ambispike.backend.SpikeBuffers;
import org.ambispike.backend.SpikeLayout;
import org.ambispike.common.BackendException;
import org.ambispike.graph.MaxPoolGeometry;
import org.ambispike.graph.NeuronModel;
import org.ambispike.graph.WindowAxis;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

/** What every device's max pool kernels must compute. */
@OnDevices
class MaxPoolTest extends DeviceContract {
    static final int IMAGES = 2;
    static final DeviceBuffer ABSENT = DeviceBuffer.absent();

    static Stream<MaxPoolGeometry> geometries() {
        return Stream.of(
                MaxPoolGeometry.square(4, 4, 16, 2, 2, 0),
                // the last windows reach over the edge
                new MaxPoolGeometry(3, new WindowAxis(7, 2, 2, 1, 0, 4), new WindowAxis(5, 2, 2, 1, 0, 3)),
                MaxPoolGeometry.square(9, 11, 33, 3, 2, 1),
                new MaxPoolGeometry(100, new WindowAxis(6, 3, 1, 1, 1, 6), new WindowAxis(7, 2, 3, 1, 0, 2)),
                MaxPoolGeometry.square(5, 6, 24, 5, 1, 2),
                MaxPoolGeometry.square(7, 7, 20, 7, 1, 0),
                MaxPoolGeometry.square(16, 16, 1, 16, 16, 0),
                MaxPoolGeometry.square(2, 3, 130, 1, 1, 0));
    }

    static Stream<MaxPoolLayout> layouts() {
        return geometries().flatMap(geometry -> Stream.of(1, 3, 4, 7).flatMap(steps -> Stream.of(false, true)
                .map(constant -> new MaxPoolLayout(geometry, IMAGES, steps, constant))));
    }

    /** Numbers whose sums are exact, many of them equal. */
    private static float[] exact(Random random, int count) {
        float[] values = new float[count];
        for (int i = 0; i < count; i++) {
            values[i] = (random.nextInt(17) - 8) / 8f;
        }
        return values;
    }

    @ParameterizedTest
    @MethodSource("layouts")
    void forwardAndBackwardAreExactlyThoseOfTheReference(MaxPoolLayout layout) {
        Random random = new Random(layout.steps());
        float[] drive = exact(random, ReferenceMaxPool.drives(layout));
        ReferenceMaxPool.Result expected = ReferenceMaxPool.forward(layout, DeviceArrays.widen(drive));
        int count = layout.steps() * ReferenceMaxPool.neurons(layout);
        DeviceBuffer pooled = arrays.output("pooled", count);
        DeviceBuffer argmax = ByteArrays.output(arrays, "argmax", count);
        DeviceBuffer driven = arrays.upload("drive", drive);
        backend.neurons().maxPoolForward(layout, driven, ABSENT, pooled, argmax, false);
        Compare.assertClose("pooled", arrays.download(pooled), expected.pooled(), 0);
        assertThat(ByteArrays.download(arrays, argmax, count)).isEqualTo(expected.argmax());

        DeviceBuffer again = arrays.output("again", count);
        backend.neurons().maxPoolForward(layout, driven, ABSENT, again, ABSENT, false);
        assertThat(arrays.download(again)).isEqualTo(arrays.download(pooled));

        float[] grad = exact(random, count);
        DeviceBuffer gradDrive = arrays.output("gradDrive", drive.length);
        backend.neurons().maxPoolBackward(layout, arrays.upload("gradPooled", grad), argmax, gradDrive);
        Compare.assertClose(
                "gradDrive",
                arrays.download(gradDrive),
                ReferenceMaxPool.backward(layout, expected.argmax(), DeviceArrays.widen(grad)),
                0);
    }

    /** The slope of sum g x by every drive, in steps so small that no place becomes another window's largest. */
    @ParameterizedTest
    @MethodSource("layouts")
    void gradientsAreThoseOfFiniteDifferences(MaxPoolLayout layout) {
        Random random = new Random(layout.steps());
        float[] drive = DeviceArrays.gaussian(random, ReferenceMaxPool.drives(layout));
        int count = layout.steps() * ReferenceMaxPool.neurons(layout);
        float[] grad = DeviceArrays.gaussian(random, count);
        DeviceBuffer argmax = ByteArrays.output(arrays, "argmax", count);
        DeviceBuffer gradDrive = arrays.output("gradDrive", drive.length);
        DeviceBuffer pooled = arrays.output("pooled", count);
        backend.neurons().maxPoolForward(layout, arrays.upload("drive", drive), ABSENT, pooled, argmax, false);
        backend.neurons().maxPoolBackward(layout, arrays.upload("gradPooled", grad), argmax, gradDrive);
        float[] actual = arrays.download(gradDrive);
        for (int trial = 0; trial < 12; trial++) {
            int index = random.nextInt(drive.length);
            double step = 1e-7;
            double slope =
                    (loss(layout, drive, grad, index, step) - loss(layout, drive, grad, index, -step)) / (2 * step);
            assertThat((double) actual[index]).as("drive %d", index).isCloseTo(slope, within(1e-4));
        }
    }

    private static double loss(MaxPoolLayout layout, float[] drive, float[] grad, int index, double step) {
        double[] moved = DeviceArrays.widen(drive);
        moved[index] += step;
        double[] pooled = ReferenceMaxPool.forward(layout, moved).pooled();
        double sum = 0;
        for (int i = 0; i < pooled.length; i++) {
            sum += grad[i] * pooled[i];
        }
        return sum;
    }

    /** The neurons behind a pool; they do the pool themselves if {@code fused}. */
    static SpikeLayout neurons(MaxPoolLayout pool, NeuronModel model, boolean fused) {
        int channels = pool.geometry().channels();
        long rows = ReferenceMaxPool.neurons(pool) / channels;
        return new SpikeLayout(model, pool.steps(), rows, channels, fused && pool.constantDrive(), false)
                .behind(fused ? Optional.of(pool.geometry()) : Optional.empty());
    }

    static Stream<Arguments> neurons() {
        return geometries().flatMap(geometry -> Stream.of(NeuronModel.values()).flatMap(model -> Stream.of(1, 3, 4, 7)
                .map(steps -> Arguments.of(
                        new MaxPoolLayout(geometry, IMAGES, steps, (steps + model.ordinal()) % 3 == 0), model))));
    }

    @ParameterizedTest
    @MethodSource("neurons")
    void spikesAreToTheBitThoseOfTheSpikeKernel(MaxPoolLayout pool, NeuronModel model) {
        Random random = new Random(pool.steps());
        DeviceBuffer drive = arrays.upload("drive", DeviceArrays.gaussian(random, ReferenceMaxPool.drives(pool)));
        DeviceBuffer parameters = arrays.upload(
                "parameters", SpikeFixture.parameters(random, pool.geometry().channels()));
        DeviceBuffer pooled = arrays.output("pooled", (long) pool.steps() * ReferenceMaxPool.neurons(pool));
        SpikeBuffers expected = buffers(pool, pooled, parameters, "expected");
        SpikeBuffers actual = buffers(pool, drive, parameters, "actual");
        backend.neurons().maxPoolForward(pool, drive, expected.sums(), pooled, ABSENT, false);
        backend.neurons().spikeForward(neurons(pool, model, false), expected, false, 1);
        backend.neurons().spikeForward(neurons(pool, model, true), actual, false, 1);
        assertThat(arrays.download(actual.spikes())).isEqualTo(arrays.download(expected.spikes()));
        assertThat(arrays.download(actual.rate())).isEqualTo(arrays.download(expected.rate()));
        assertThat(arrays.download(actual.carry())).isEqualTo(arrays.download(expected.carry()));
        assertThat(arrays.download(actual.sums())).isEqualTo(arrays.download(expected.sums()));
        assertThat(arrays.download(actual.counts())).isEqualTo(arrays.download(expected.counts()));
    }

    @ParameterizedTest
    @EnumSource
    void aRunInPartsIsTheSameToTheBit(NeuronModel model) {
        MaxPoolLayout pool = new MaxPoolLayout(MaxPoolGeometry.square(9, 11, 33, 3, 2, 1), IMAGES, 7, false);
        int neurons = ReferenceMaxPool.neurons(pool);
        int places = ReferenceMaxPool.places(pool);
        Random random = new Random(3);
        DeviceBuffer drive = arrays.upload("drive", DeviceArrays.gaussian(random, ReferenceMaxPool.drives(pool)));
        DeviceBuffer parameters = arrays.upload("parameters", SpikeFixture.parameters(random, 33));
        SpikeBuffers whole = buffers(pool, drive, parameters, "whole");
        backend.neurons().spikeForward(neurons(pool, model, true), whole, false, 1);
        SpikeBuffers parts = buffers(pool, drive, parameters, "parts");
        DeviceBuffer pooled = arrays.output("pooled", (long) pool.steps() * neurons);
        DeviceBuffer pooledParts = arrays.output("pooledParts", (long) pool.steps() * neurons);
        DeviceBuffer sums = arrays.output("sums", places);
        backend.neurons().maxPoolForward(pool, drive, ABSENT, pooled, ABSENT, false);
        int first = 0;
        for (int steps : new int[] {1, 1, 3, 2}) {
            MaxPoolLayout part = new MaxPoolLayout(pool.geometry(), IMAGES, steps, false);
            DeviceBuffer driven = slice(drive, first, steps, places);
            SpikeBuffers some = new SpikeBuffers(
                    driven,
                    parameters,
                    parts.carry(),
                    slice(parts.spikes(), first, steps, neurons),
                    ABSENT,
                    slice(parts.counts(), first, steps, 4),
                    parts.sums());
            backend.neurons().spikeForward(neurons(part, model, true), some, first > 0, 1);
            DeviceBuffer to = slice(pooledParts, first, steps, neurons);
            backend.neurons().maxPoolForward(part, driven, sums, to, ABSENT, first > 0);
            first += steps;
        }
        assertThat(arrays.download(parts.spikes())).isEqualTo(arrays.download(whole.spikes()));
        assertThat(arrays.download(parts.sums())).isEqualTo(arrays.download(whole.sums()));
        assertThat(arrays.download(parts.counts())).isEqualTo(arrays.download(whole.counts()));
        assertThat(arrays.download(pooledParts)).isEqualTo(arrays.download(pooled));
        assertThat(arrays.download(sums)).isEqualTo(arrays.download(whole.sums()));
    }

    private static DeviceBuffer slice(DeviceBuffer whole, int first, int steps, int each) {
        return whole.slice(whole.label() + " of a part", (long) first * each, (long) steps * each);
    }

    @Test
    void aResumedRunWithoutSumsIsRefused() {
        DeviceBuffer any = arrays.output("any", 64);
        MaxPoolLayout pool = new MaxPoolLayout(MaxPoolGeometry.square(4, 4, 1, 2, 2, 0), 1, 1, false);
        assertThatThrownBy(() -> backend.neurons().maxPoolForward(pool, any, ABSENT, any, ABSENT, true))
                .isInstanceOf(BackendException.class)
                .hasMessageContaining("maxPoolForward");
        SpikeBuffers buffers = new SpikeBuffers(any, any, any, any, ABSENT, ABSENT);
        assertThatThrownBy(
                        () -> backend.neurons().spikeForward(neurons(pool, NeuronModel.PAIR, true), buffers, true, 1))
                .isInstanceOf(BackendException.class)
                .hasMessageContaining("behind a max pool");
    }

    private SpikeBuffers buffers(MaxPoolLayout pool, DeviceBuffer drive, DeviceBuffer parameters, String name) {
        int neurons = ReferenceMaxPool.neurons(pool);
        return new SpikeBuffers(
                drive,
                parameters,
                arrays.output(name + " carry", 2L * neurons),
                arrays.output(name + " spikes", (long) pool.steps() * neurons),
                arrays.output(name + " rate", neurons),
                arrays.upload(name + " counts", new float[4 * pool.steps()]),
                arrays.output(name + " sums", ReferenceMaxPool.places(pool)));
    }
}
