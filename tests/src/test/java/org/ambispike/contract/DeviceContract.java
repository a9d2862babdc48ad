package org.ambispike.contract;

import static org.assertj.core.api.Assertions.assertThat;

import org.ambispike.backend.Backend;
import org.ambispike.common.Precision;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.params.Parameter;

/** What every device must compute: a backend for each test, which must leave no memory behind. */
public abstract class DeviceContract {
    @Parameter(0)
    protected TestDevice device;

    Backend backend;
    DeviceArrays arrays;

    Precision precision() {
        return Precision.F32;
    }

    @BeforeEach
    void open() {
        backend = device.open(precision());
        arrays = new DeviceArrays(backend);
    }

    @AfterEach
    void close() {
        if (arrays == null) {
            return; // skipped: there was no device to open
        }
        arrays.close();
        assertThat(backend.memory().liveBytes()).isZero();
        backend.close();
    }
}
