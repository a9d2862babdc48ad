package org.ambispike.contract;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Random;
import java.util.stream.Stream;
import org.ambispike.backend.Backend;
import org.ambispike.backend.Bf16Operations;
import org.ambispike.backend.Bf16Operations.Storage;
import org.ambispike.backend.DeviceBuffer;
import org.ambispike.backend.LinearKernel;
import org.ambispike.common.Precision;
import org.ambispike.convert.Converter;
import org.ambispike.exec.ExecutionOptions;
import org.ambispike.graph.ConvGeometry;
import org.ambispike.graph.Graph;
import org.ambispike.graph.NeuronVariant;
import org.ambispike.graph.Weights;
import org.ambispike.io.SavedModel;
import org.ambispike.support.Bf16Words;
import org.ambispike.support.Logits;
import org.ambispike.support.ResidualGraphs;
import org.ambispike.support.SmallNetworks;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

/** Convolutions, matrix multiplication and whole networks of values in bf16, by a GPU's libraries. */
@OnGpus
class Bf16LibrariesTest extends DeviceContract {
    private static final double TOLERANCE = 1e-2;
    private static final int BATCH = 64;
    private static final int STEPS = 8;

    private Bf16Operations bf16;

    @Override
    Precision precision() {
        return Precision.BF16;
    }

    @BeforeEach
    void operations() {
        bf16 = backend.bf16().orElseThrow();
    }

    static Stream<Arguments> types() {
        return Bf16Test.NUMBERS.stream()
                .flatMap(src -> Bf16Test.NUMBERS.stream().map(dst -> Arguments.of(src, dst)));
    }

    @ParameterizedTest
    @MethodSource("types")
    void convolutionsReadAndWriteEitherType(Storage src, Storage dst) {
        ConvGeometry geometry = new ConvGeometry(14, 14, 32, 64, 3, 1, 1);
        try (LinearKernel kernel = bf16.planConvolution("conv", geometry, 3, src, dst)) {
            check(kernel, geometry, 3, src, dst);
        }
    }

    @ParameterizedTest
    @MethodSource("types")
    void productsReadEitherType(Storage src, Storage ignored) {
        ConvGeometry geometry = new ConvGeometry(1, 1, 1024, 40, 1, 1, 0);
        try (LinearKernel kernel = bf16.planMatMul("dense", 16, 1024, 40, src)) {
            check(kernel, geometry, 16, src, Storage.F32);
        }
    }

    private void check(LinearKernel kernel, ConvGeometry geometry, int batch, Storage src, Storage dst) {
        ReferenceLinear reference = new ReferenceLinear(geometry, batch);
        Random random = new Random(5);
        float[] x = DeviceArrays.gaussian(random, reference.srcElements());
        float[] w = DeviceArrays.gaussian(random, reference.weightElements());
        float[] b = dst == Storage.F32
                ? DeviceArrays.gaussian(random, geometry.outChannels())
                : new float[geometry.outChannels()];
        kernel.attach(arrays.allocate("own", kernel.ownBytes()), arrays.allocate("scratch", kernel.scratchBytes()));
        kernel.prepareWeights(arrays.upload("weights", w));
        int count = reference.dstElements();
        DeviceBuffer y = arrays.output("dst", dst == Storage.F32 ? count : (count + 1) / 2);
        kernel.forward(
                Bf16Test.upload(arrays, "src", src, x),
                dst == Storage.F32 ? arrays.upload("bias", b) : DeviceBuffer.absent(),
                y);
        float[] words = arrays.download(y);
        Compare.assertClose(
                "dst",
                dst == Storage.F32 ? words : Bf16Words.unpack(words, count),
                reference.forward(x, w, b),
                TOLERANCE);
    }

    /** Rounding moves single spikes, not the mean of many. */
    @Test
    void aNetworkAgreesWithF32() {
        SavedModel model = SmallNetworks.random(3);
        float[] images = SmallNetworks.exactImages(BATCH, 1);
        float[] wide = logits(Precision.F32, model.graph(), model.weights(), images);
        float[] narrow = logits(Precision.BF16, model.graph(), model.weights(), images);
        assertThat(Logits.meanError(narrow, wide)).isLessThan(0.1);
    }

    /** Where bf16 has every value and sums are exact, nothing is different. */
    @ParameterizedTest
    @EnumSource
    void sumsAreThoseOfF32(ResidualGraphs kind) {
        Converter.Conversion model = kind.exact(NeuronVariant.PAIR);
        float[] images = ResidualGraphs.images(BATCH);
        assertThat(logits(Precision.BF16, model.graph(), model.weights(), images))
                .isEqualTo(logits(Precision.F32, model.graph(), model.weights(), images));
    }

    private float[] logits(Precision precision, Graph graph, Weights weights, float[] images) {
        try (Backend backend = device.open(precision)) {
            return Logits.on(backend, graph, weights, ExecutionOptions.inference(BATCH, STEPS), images, 1);
        }
    }
}
