package org.ambispike.contract;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.FloatBuffer;
import org.ambispike.SessionOptions;
import org.ambispike.SpikingModel;
import org.ambispike.SpikingSession;
import org.ambispike.common.Precision;
import org.ambispike.device.Device;
import org.ambispike.support.SmallNetworks;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Sessions that come and go, their graphs with them, leave nothing behind on the device. */
@OnGpus
class SessionsTest extends DeviceContract {
    private static final int SESSIONS = 100;
    private static final int WARM_UP = 20;
    private static final int RUNS = 3;

    @ParameterizedTest
    @EnumSource(
            value = Precision.class,
            names = {"F32", "BF16"})
    void manySessionsLeaveTheDevicesMemoryAsItWas(Precision precision) {
        SpikingModel model = SpikingModel.of(SmallNetworks.random(1));
        SessionOptions options = SessionOptions.defaults()
                .withDevice(Device.Request.CUDA)
                .withPrecision(precision)
                .withInput(SessionOptions.Input.NORMALISED)
                .withBatch(2);
        long free = 0;
        for (int session = 0; session < SESSIONS; session++) {
            if (session == WARM_UP) {
                free = backend.memory().availableBytes();
            }
            use(model, options);
        }
        // a driver takes and gives memory in larger pieces than it is asked for
        assertThat(free - backend.memory().availableBytes())
                .isLessThanOrEqualTo(device == TestDevice.EMULATED ? 0 : 16L << 20);
    }

    private static void use(SpikingModel model, SessionOptions options) {
        try (SpikingSession session = model.openSession(options)) {
            for (int run = 0; run < RUNS; run++) {
                session.run(FloatBuffer.wrap(SmallNetworks.exactImages(2, run)), 4);
            }
        }
    }
}
