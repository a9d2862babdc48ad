package org.ambispike.contract;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.FloatBuffer;
import org.ambispike.SessionOptions;
import org.ambispike.SpikingModel;
import org.ambispike.SpikingSession;
import org.ambispike.backend.Backend;
import org.ambispike.common.Precision;
import org.ambispike.device.Device;
import org.ambispike.support.SmallNetworks;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Sessions that come and go, their graphs with them, leave nothing behind on the device. */
abstract class SessionsContract {
    private static final int WARM_UP = 20;
    private static final int RUNS = 3;

    private final int sessions;
    private final long mostGrowth;

    /**
     * @param sessions in all, more than 20
     * @param mostGrowth bytes of the device that may be gone in the end
     */
    SessionsContract(int sessions, long mostGrowth) {
        this.sessions = sessions;
        this.mostGrowth = mostGrowth;
    }

    /** A backend beside the sessions', to ask for the device's free memory; the test closes it. */
    abstract Backend watch();

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
        try (Backend watch = watch()) {
            long free = 0;
            for (int session = 0; session < sessions; session++) {
                if (session == WARM_UP) {
                    free = watch.memory().availableBytes();
                }
                use(model, options);
            }
            assertThat(free - watch.memory().availableBytes()).isLessThanOrEqualTo(mostGrowth);
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
