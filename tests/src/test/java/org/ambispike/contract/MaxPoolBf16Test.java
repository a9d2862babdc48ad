package org.ambispike.contract;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Random;
import java.util.stream.Stream;
import org.ambispike.backend.Bf16Operations;
import org.ambispike.backend.Bf16Operations.Addend;
import org.ambispike.backend.Bf16Operations.SpikeForm;
import org.ambispike.backend.Bf16Operations.Storage;
import org.ambispike.backend.DeviceBuffer;
import org.ambispike.backend.MaxPoolLayout;
import org.ambispike.backend.SpikeBuffers;
import org.ambispike.backend.SpikeLayout;
import org.ambispike.common.Precision;
import org.ambispike.graph.MaxPoolGeometry;
import org.ambispike.graph.NeuronModel;
import org.ambispike.support.Bf16Words;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Checks max pooling on a GPU, with drives and spikes in bf16 too. */
@OnGpus
class MaxPoolBf16Test extends DeviceContract {
    @Override
    Precision precision() {
        return Precision.BF16;
    }

    private static final int STEPS = 5;

    static Stream<Arguments> narrow() {
        return MaxPoolTest.geometries()
                .flatMap(geometry -> Stream.of(NeuronModel.values()).flatMap(model -> Stream.of(0, 1, 2, 3)
                        .filter(kind -> kind < 2 || model != NeuronModel.GRADED)
                        .map(kind -> Arguments.of(
                                new MaxPoolLayout(
                                        geometry, MaxPoolTest.IMAGES, STEPS, (kind + model.ordinal()) % 4 == 0),
                                model,
                                kind % 2 == 0 ? Storage.F32 : Storage.BF16,
                                kind < 2 ? Storage.BF16 : Storage.BYTE))));
    }

    @ParameterizedTest
    @MethodSource("narrow")
    void narrowSpikesAreThoseOfTheirKernel(MaxPoolLayout pool, NeuronModel model, Storage type, Storage emitted) {
        Bf16Operations bf16 = backend.bf16().orElseThrow();
        Random random = new Random(STEPS);
        int channels = pool.geometry().channels();
        float[] drive = DeviceArrays.gaussian(random, ReferenceMaxPool.drives(pool));
        float[] bias = DeviceArrays.gaussian(random, channels);
        float[] sum = new float[drive.length];
        for (int i = 0; i < drive.length; i++) {
            drive[i] = type == Storage.F32 ? drive[i] : Bf16Words.rounded(drive[i]);
            sum[i] = drive[i] + bias[i % channels];
        }
        DeviceBuffer given =
                type == Storage.F32 ? arrays.upload("drive", drive) : arrays.upload("drive", Bf16Words.pack(drive));
        DeviceBuffer parameters = arrays.upload("parameters", SpikeFixture.parameters(random, channels));
        int count = STEPS * ReferenceMaxPool.neurons(pool);
        DeviceBuffer pooled = arrays.output("pooled", count);
        SpikeBuffers expected = buffers(pool, pooled, parameters, emitted, "expected");
        SpikeBuffers actual = buffers(pool, given, parameters, emitted, "actual");
        backend.neurons()
                .maxPoolForward(pool, arrays.upload("sum", sum), MaxPoolTest.ABSENT, pooled, MaxPoolTest.ABSENT, false);
        SpikeForm plain = new SpikeForm(Storage.F32, MaxPoolTest.ABSENT, Addend.NONE, emitted);
        SpikeForm form = new SpikeForm(type, arrays.upload("bias", bias), Addend.NONE, emitted);
        bf16.spikeForward(MaxPoolTest.neurons(pool, model, false), expected, plain, false);
        bf16.spikeForward(MaxPoolTest.neurons(pool, model, true), actual, form, false);
        int bytes = count * emitted.bytes();
        assertThat(ByteArrays.download(arrays, actual.spikes(), bytes))
                .isEqualTo(ByteArrays.download(arrays, expected.spikes(), bytes));
        assertThat(arrays.download(actual.rate())).isEqualTo(arrays.download(expected.rate()));
        assertThat(arrays.download(actual.counts())).isEqualTo(arrays.download(expected.counts()));
    }

    @Test
    void whatTheNarrowKernelLacksIsRefused() {
        Bf16Operations bf16 = backend.bf16().orElseThrow();
        DeviceBuffer any = arrays.output("any", 64);
        MaxPoolLayout pool = new MaxPoolLayout(MaxPoolGeometry.square(4, 4, 1, 2, 2, 0), 1, 1, false);
        SpikeLayout layout = MaxPoolTest.neurons(pool, NeuronModel.PAIR, true);
        SpikeBuffers buffers =
                new SpikeBuffers(any, any, MaxPoolTest.ABSENT, any, MaxPoolTest.ABSENT, MaxPoolTest.ABSENT);
        SpikeForm added = new SpikeForm(
                Storage.F32, MaxPoolTest.ABSENT, new Addend(any, MaxPoolTest.ABSENT, false), Storage.BF16);
        assertThatThrownBy(() -> bf16.spikeForward(layout, buffers, added, false))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("second drive");
    }

    private SpikeBuffers buffers(
            MaxPoolLayout pool, DeviceBuffer drive, DeviceBuffer parameters, Storage emitted, String name) {
        int neurons = ReferenceMaxPool.neurons(pool);
        return new SpikeBuffers(
                drive,
                parameters,
                MaxPoolTest.ABSENT,
                ByteArrays.output(arrays, name + " spikes", STEPS * neurons * emitted.bytes()),
                arrays.output(name + " rate", neurons),
                arrays.upload(name + " counts", new float[4 * STEPS]));
    }
}
