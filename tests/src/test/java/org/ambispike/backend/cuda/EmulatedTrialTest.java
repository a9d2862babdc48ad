package org.ambispike.backend.cuda;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Optional;
import org.ambispike.backend.Int8Kernel;
import org.ambispike.backend.LinearKernel;
import org.ambispike.common.Precision;
import org.ambispike.graph.ConvGeometry;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * The emulated cuDNN offers algorithm 2 for all, and refuses it when it is run on an odd number of channels. Of int8 it has algorithm 1
 * alone, with neither groups nor dilation, and refuses it when it is run on windows of 7 rows.
 */
@Tag("emulated")
class EmulatedTrialTest {
    @ParameterizedTest
    @CsvSource({"4, 'algorithm 2, data 2, weights 2'", "3, 'algorithm 3, data 3, weights 3'"})
    void whatIsRefusedWhenItRunsIsNotTaken(int channels, String algorithms) {
        try (CudaBackend backend = CudaBackend.open(Precision.F32, new CudaOptions(true, Optional.empty()))) {
            long before = backend.memory().availableBytes();
            try (LinearKernel kernel =
                    backend.linear().planConvolution("conv", new ConvGeometry(6, 6, channels, 8, 3, 1, 1), 2, true)) {
                assertThat(kernel.describe()).contains(algorithms);
                assertThat(backend.memory().availableBytes())
                        .as("a trial leaves nothing")
                        .isEqualTo(before);
            }
        }
    }

    @ParameterizedTest
    @CsvSource({
        "4, 8, 3, 1, 'algorithm 1, int8'",
        "3, 6, 3, 1, 'algorithm 1, source padded, int8'",
        "4, 6, 3, 1, 'algorithm 1, int8'",
        "4, 8, 7, 1, 'algorithm 2, f32'",
        "8, 8, 3, 2, 'algorithm 2, f32'"
    })
    void layersWithoutInt8AreInF32(int inputs, int outputs, int kernel, int groups, String algorithm) {
        try (CudaBackend backend = CudaBackend.open(Precision.INT8, new CudaOptions(true, Optional.empty()))) {
            ConvGeometry geometry = new ConvGeometry(8, 8, inputs, outputs, kernel, 1, 3, groups);
            try (Int8Kernel convolution = backend.int8().orElseThrow().planConvolution("conv", geometry, 2);
                    Int8Kernel product = backend.int8().orElseThrow().planMatMul("fc", 2, inputs, outputs, 1)) {
                assertThat(convolution.describe()).contains(algorithm);
                assertThat(product.describe()).isEqualTo("fc: cuBLAS, int8");
            }
        }
    }
}
