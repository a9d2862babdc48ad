package org.ambispike.contract;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.FloatBuffer;
import org.ambispike.Device;
import org.ambispike.SessionOptions;
import org.ambispike.SpikingModel;
import org.ambispike.SpikingSession;
import org.ambispike.backend.Backend;
import org.ambispike.backend.Precision;
import org.ambispike.support.SmallNetworks;
import org.junit.jupiter.api.Test;

/** Sessions that come and go, their graphs with them, leave nothing behind on the device. */
class CudaSessionsTest {
    private static final int SESSIONS = 1000;
    private static final int WARM_UP = 20;
    private static final int RUNS = 3;
    private static final long MOST_GROWTH = 16L << 20;

    @Test
    void aThousandSessionsLeaveTheDevicesMemoryAsItWas() {
        SpikingModel model = SpikingModel.of(SmallNetworks.random(1));
        SessionOptions options = SessionOptions.defaults()
                .withDevice(Device.Request.CUDA)
                .withPrecision(Precision.BF16)
                .withInput(SessionOptions.Input.NORMALISED)
                .withBatch(2);
        try (Backend watch = CudaDevice.open(Precision.F32)) {
            long free = 0;
            for (int session = 0; session < SESSIONS; session++) {
                if (session == WARM_UP) {
                    free = watch.availableBytes();
                }
                use(model, options);
            }
            assertThat(free - watch.availableBytes()).isLessThan(MOST_GROWTH);
        }
    }

    private static void use(SpikingModel model, SessionOptions options) {
        try (SpikingSession session = model.openSession(options)) {
            for (int run = 0; run < RUNS; run++) {
                session.run(FloatBuffer.wrap(SmallNetworks.exactImages(2, run)), 4);
            }
        }
    }
}
