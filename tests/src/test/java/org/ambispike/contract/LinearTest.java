package org.ambispike.contract;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import java.util.Random;
import java.util.stream.Stream;
import org.ambispike.backend.Backend;
import org.ambispike.backend.DeviceBuffer;
import org.ambispike.backend.LinearKernel;
import org.ambispike.common.Precision;
import org.ambispike.graph.ConvGeometry;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** What every backend's convolutions and matrix multiplication must compute. */
@ParameterizedClass
@MethodSource("precisions")
@Tag("devices")
class LinearTest extends DeviceContract {
    @Parameter(1)
    private Precision precision;

    /** Largest error allowed, as a fraction of the largest magnitude in the result. */
    @Parameter(2)
    private double tolerance;

    static Stream<Arguments> precisions() {
        return TestDevice.all()
                .flatMap(device -> device == TestDevice.CPU
                        ? Stream.of(
                                Arguments.of(device, Precision.F32, 1e-5), Arguments.of(device, Precision.BF16, 1e-2))
                        : Stream.of(
                                Arguments.of(device, Precision.F32, 1e-4),
                                Arguments.of(device, Precision.TF32, 2e-3),
                                Arguments.of(device, Precision.BF16, 1e-2)));
    }

    @Override
    Precision precision() {
        return precision;
    }

    record Case(ConvGeometry geometry, int batch) {}

    static Stream<Case> convolutions() {
        return Stream.concat(
                Stream.of(
                        // height, width, in, out, kernel, stride, padding, groups
                        new Case(new ConvGeometry(28, 28, 1, 32, 5, 1, 2), 3),
                        new Case(new ConvGeometry(7, 7, 1, 1, 1, 1, 0), 1),
                        new Case(new ConvGeometry(9, 11, 1, 7, 3, 2, 1), 16),
                        new Case(new ConvGeometry(5, 5, 3, 7, 3, 1, 1), 3),
                        new Case(new ConvGeometry(13, 9, 3, 32, 5, 2, 2), 3),
                        new Case(new ConvGeometry(8, 8, 7, 3, 3, 2, 0), 1),
                        new Case(new ConvGeometry(11, 7, 7, 7, 5, 1, 2), 16),
                        new Case(new ConvGeometry(14, 14, 32, 64, 5, 1, 2), 3),
                        new Case(new ConvGeometry(6, 6, 32, 7, 1, 2, 0), 16),
                        new Case(new ConvGeometry(4, 4, 32, 32, 3, 1, 2), 1),
                        new Case(new ConvGeometry(7, 5, 5, 5, 3, 1, 1, 5), 3),
                        new Case(new ConvGeometry(13, 9, 32, 32, 3, 2, 1, 32), 3),
                        new Case(new ConvGeometry(9, 11, 6, 18, 3, 2, 1, 6), 16),
                        new Case(new ConvGeometry(11, 7, 32, 64, 5, 1, 2, 32), 1),
                        new Case(new ConvGeometry(5, 5, 6, 10, 5, 1, 2, 2), 3),
                        new Case(new ConvGeometry(8, 8, 9, 21, 3, 2, 0, 3), 3),
                        new Case(new ConvGeometry(6, 6, 64, 32, 1, 2, 0, 4), 16)),
                RandomGeometries.of(5, 80).map(geometry -> new Case(geometry, 1 + geometry.outHeight() % 3)));
    }

    static Stream<Case> products() {
        return Stream.of(product(10, 1024, 10), product(3, 10, 1024), product(16, 65, 33), product(1, 3, 7))
                .flatMap(each -> each);
    }

    private static Stream<Case> product(int rows, int inputs, int outputs) {
        return Stream.of(new Case(new ConvGeometry(1, 1, inputs, outputs, 1, 1, 0), rows));
    }

    @ParameterizedTest
    @MethodSource("convolutions")
    void convolutionMatchesTheReference(Case shape) {
        try (LinearKernel kernel = backend.linear().planConvolution("conv", shape.geometry, shape.batch, true)) {
            assertMatchesReference(backend, kernel, shape);
        }
    }

    @ParameterizedTest
    @MethodSource("products")
    void matrixProductMatchesTheReference(Case shape) {
        try (LinearKernel kernel = backend.linear()
                .planMatMul("dense", shape.batch, shape.geometry.inChannels(), shape.geometry.outChannels(), true)) {
            assertMatchesReference(backend, kernel, shape);
        }
    }

    /** Twice, with other numbers and other buffers the second time: nothing of the first round may linger. */
    private void assertMatchesReference(Backend backend, LinearKernel kernel, Case shape) {
        try (LinearFixture fixture = new LinearFixture(backend, kernel, shape.geometry, shape.batch)) {
            fixture.assertForwardAndBackward(new Random(1), tolerance);
            long allocations = backend.memory().allocations();
            fixture.assertForwardAndBackward(new Random(2), tolerance);
            assertThat(backend.memory().allocations()).isEqualTo(allocations);
        }
        assertThat(backend.memory().liveBytes()).isZero();
    }

    @Test
    void theSameCallGivesTheSameBits() {
        ConvGeometry geometry = new ConvGeometry(14, 14, 32, 64, 5, 1, 2);
        try (LinearKernel kernel = backend.linear().planConvolution("conv", geometry, 16, true);
                LinearFixture fixture = new LinearFixture(backend, kernel, geometry, 16)) {
            fixture.fill(new Random(7));
            int first = fixture.hashOfAllPasses();
            for (int round = 0; round < 5; round++) {
                assertThat(fixture.hashOfAllPasses()).isEqualTo(first);
            }
        }
    }

    @ParameterizedTest
    @MethodSource("convolutions")
    void inferenceMatchesTheReference(Case shape) {
        try (LinearKernel kernel = backend.linear().planConvolution("conv", shape.geometry, shape.batch, false);
                LinearFixture fixture = new LinearFixture(backend, kernel, shape.geometry, shape.batch)) {
            fixture.assertForward(new Random(3), tolerance);
        }
    }

    @Test
    void anAbsentBiasCountsAsZeroAndItsGradientIsNotWritten() {
        ConvGeometry geometry = new ConvGeometry(5, 5, 3, 7, 3, 1, 1);
        try (LinearKernel kernel = backend.linear().planConvolution("conv", geometry, 2, true);
                LinearFixture fixture = new LinearFixture(backend, kernel, geometry, 2)) {
            fixture.assertWithoutBias(new Random(4), tolerance);
        }
    }

    @Test
    void aKernelPlannedForInferenceRefusesToGoBackward() {
        ConvGeometry geometry = new ConvGeometry(5, 5, 3, 7, 3, 1, 1);
        try (LinearKernel kernel = backend.linear().planConvolution("conv3", geometry, 1, false);
                LinearFixture fixture = new LinearFixture(backend, kernel, geometry, 1)) {
            assertThatThrownBy(() -> fixture.assertForwardAndBackward(new Random(5), tolerance))
                    .isInstanceOf(IllegalStateException.class)
                    .hasMessageContaining("conv3");
        }
    }

    @Test
    void aKernelWithoutItsMemoryOrWeightsSaysSo() {
        try (LinearKernel kernel = backend.linear().planMatMul("dense1", 2, 8, 4, true);
                DeviceBuffer any = backend.memory().allocate("any", 4096)) {
            assertThatThrownBy(() -> kernel.prepareWeights(any))
                    .isInstanceOf(IllegalStateException.class)
                    .hasMessageContaining("dense1");
            assertThatThrownBy(() -> kernel.forward(any, any, any))
                    .isInstanceOf(IllegalStateException.class)
                    .hasMessageContaining("dense1");
        }
    }

    @Test
    void buffersThatAreClosedAreRefused() {
        ConvGeometry geometry = new ConvGeometry(1, 1, 8, 4, 1, 1, 0);
        try (LinearKernel kernel = backend.linear().planMatMul("dense1", 2, 8, 4, true);
                LinearFixture fixture = new LinearFixture(backend, kernel, geometry, 2)) {
            fixture.assertForward(new Random(6), tolerance);
            for (DeviceBuffer buffer : List.of(fixture.src(), fixture.weights())) {
                buffer.close();
                assertThatThrownBy(() -> kernel.forward(fixture.src(), fixture.bias(), fixture.dst()))
                        .isInstanceOf(IllegalStateException.class)
                        .hasMessageContaining(buffer.label());
            }
        }
    }

    @Test
    void aClosedBackendFailsLoudly() {
        Backend backend = device.open(precision);
        LinearKernel kernel = backend.linear().planMatMul("dense", 2, 8, 4, false);
        DeviceBuffer buffer = backend.memory().allocate("any", 4096);
        kernel.attach(
                backend.memory().allocate("own", 1 << 20), backend.memory().allocate("scratch", 1 << 20));
        backend.close();
        assertThatThrownBy(() -> backend.linear().planMatMul("late", 2, 8, 4, false))
                .isInstanceOf(IllegalStateException.class);
        assertThatThrownBy(() -> kernel.prepareWeights(buffer)).isInstanceOf(IllegalStateException.class);
        kernel.close();
    }
}
