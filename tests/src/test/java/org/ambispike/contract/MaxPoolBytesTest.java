package org.ambispike.contract;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Random;
import org.ambispike.backend.DeviceBuffer;
import org.ambispike.backend.Int8Operations;
import org.ambispike.backend.MaxPoolLayout;
import org.ambispike.backend.SpikeBuffers;
import org.ambispike.common.Precision;
import org.ambispike.graph.NeuronModel;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Checks max pooling with spikes in bytes. */
@OnDevices
class MaxPoolBytesTest extends DeviceContract {
    @Override
    Precision precision() {
        return Precision.INT8;
    }

    @ParameterizedTest
    @MethodSource("org.ambispike.contract.MaxPoolTest#neurons")
    void bytesAreThoseOfTheByteKernel(MaxPoolLayout pool, NeuronModel model) {
        Int8Operations int8 = backend.int8().orElseThrow();
        Random random = new Random(pool.steps());
        int channels = pool.geometry().channels();
        int count = pool.steps() * ReferenceMaxPool.neurons(pool);
        float[] values = new float[3 * channels];
        for (int c = 0; c < channels; c++) {
            values[c] = 1 + random.nextInt(Int8Operations.MOST_LEVELS);
            values[channels + c] = random.nextInt(Int8Operations.MOST_LEVELS + 1);
            values[2 * channels + c] = random.nextFloat();
        }
        DeviceBuffer levels = arrays.upload("levels", values);
        DeviceBuffer parameters = arrays.upload("parameters", SpikeFixture.parameters(random, channels));
        DeviceBuffer drive = arrays.upload("drive", DeviceArrays.gaussian(random, ReferenceMaxPool.drives(pool)));
        DeviceBuffer pooled = arrays.output("pooled", count);
        SpikeBuffers expected = buffers(pool, pooled, parameters, "expected");
        SpikeBuffers actual = buffers(pool, drive, parameters, "actual");
        backend.neurons().maxPoolForward(pool, drive, MaxPoolTest.ABSENT, pooled, MaxPoolTest.ABSENT, false);
        int8.spikeForward(MaxPoolTest.neurons(pool, model, false), expected, levels, false);
        int8.spikeForward(MaxPoolTest.neurons(pool, model, true), actual, levels, false);
        assertThat(ByteArrays.download(arrays, actual.spikes(), count))
                .isEqualTo(ByteArrays.download(arrays, expected.spikes(), count));
        assertThat(arrays.download(actual.rate())).isEqualTo(arrays.download(expected.rate()));
        assertThat(arrays.download(actual.counts())).isEqualTo(arrays.download(expected.counts()));
    }

    private SpikeBuffers buffers(MaxPoolLayout pool, DeviceBuffer drive, DeviceBuffer parameters, String name) {
        int neurons = ReferenceMaxPool.neurons(pool);
        return new SpikeBuffers(
                drive,
                parameters,
                MaxPoolTest.ABSENT,
                ByteArrays.output(arrays, name + " spikes", pool.steps() * neurons),
                arrays.output(name + " rate", neurons),
                arrays.upload(name + " counts", new float[4 * pool.steps()]));
    }
}
