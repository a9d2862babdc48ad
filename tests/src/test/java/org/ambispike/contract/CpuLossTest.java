package org.ambispike.contract;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.ambispike.backend.Backend;
import org.ambispike.backend.DeviceBuffer;
import org.ambispike.backend.SoftmaxBuffers;
import org.ambispike.backend.SoftmaxLoss;
import org.ambispike.backend.cpu.CpuBackend;
import org.ambispike.common.BackendException;
import org.ambispike.common.Precision;
import org.junit.jupiter.api.Test;

class CpuLossTest extends LossContract {
    @Override
    Backend backend() {
        return CpuBackend.open(Precision.F32, 0);
    }

    @Test
    void aLabelThatIsNoClassIsRefused() {
        try (Backend backend = backend();
                DeviceArrays arrays = new DeviceArrays(backend)) {
            DeviceBuffer logits = arrays.upload("logits", 0f, 0f, 0f);
            DeviceBuffer result = arrays.output("result", 6);
            for (int label : new int[] {-1, 3}) {
                DeviceBuffer labels = arrays.upload("labels", label);
                assertThatThrownBy(() -> backend.training()
                                .softmaxLoss(
                                        SoftmaxLoss.labels(0),
                                        new SoftmaxBuffers(
                                                logits,
                                                labels,
                                                DeviceBuffer.absent(),
                                                DeviceBuffer.absent(),
                                                DeviceBuffer.absent(),
                                                result),
                                        1,
                                        3))
                        .isInstanceOf(BackendException.class)
                        .hasMessageContaining("softmaxLoss");
            }
        }
    }
}
