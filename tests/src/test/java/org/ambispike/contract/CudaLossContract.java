package org.ambispike.contract;

import static org.assertj.core.api.Assertions.assertThat;

import org.ambispike.backend.Backend;
import org.ambispike.backend.DeviceBuffer;
import org.ambispike.backend.SoftmaxBuffers;
import org.ambispike.backend.SoftmaxLoss;
import org.junit.jupiter.api.Test;

/** Losses where the host cannot look at the labels before the device does. */
abstract class CudaLossContract extends LossContract {
    @Test
    void aLabelThatIsNoClassMakesTheLossNotANumber() {
        try (Backend backend = backend();
                DeviceArrays arrays = new DeviceArrays(backend)) {
            DeviceBuffer logits = arrays.upload("logits", 0f, 0f, 0f);
            DeviceBuffer result = arrays.output("result", 6);
            DeviceBuffer absent = DeviceBuffer.absent();
            for (int label : new int[] {-1, 3}) {
                DeviceBuffer labels = arrays.upload("labels", label);
                backend.training()
                        .softmaxLoss(
                                SoftmaxLoss.labels(0),
                                new SoftmaxBuffers(logits, labels, absent, absent, absent, result),
                                1,
                                3);
                assertThat(arrays.downloadDoubles(result)[0]).isNaN();
            }
        }
    }
}
