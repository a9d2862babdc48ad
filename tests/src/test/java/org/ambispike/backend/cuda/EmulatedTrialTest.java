package org.ambispike.backend.cuda;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Optional;
import org.ambispike.backend.LinearKernel;
import org.ambispike.common.Precision;
import org.ambispike.graph.ConvGeometry;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The emulated cuDNN offers algorithm 2 for all, and refuses it when it is run on an odd number of channels. */
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
}
