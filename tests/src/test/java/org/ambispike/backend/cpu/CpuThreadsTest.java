package org.ambispike.backend.cpu;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.ambispike.backend.Backend;
import org.ambispike.common.BackendException;
import org.ambispike.common.Precision;
import org.junit.jupiter.api.Test;

class CpuThreadsTest {
    private static final int CHANNELS = 64;

    @Test
    void backendsWithOtherNumbersOfThreadsDoNotDisturbEachOther() {
        try (Backend one = CpuBackend.open(Precision.F32, 1)) {
            long scratchOfOne = one.memory().scratchBytes(CHANNELS, 4);
            try (Backend three = CpuBackend.open(Precision.F32, 3)) {
                assertThat(three.memory().scratchBytes(CHANNELS, 4)).isEqualTo(3 * scratchOfOne);
                assertThat(one.memory().scratchBytes(CHANNELS, 4)).isEqualTo(scratchOfOne);
            }
        }
    }

    @Test
    void theNumberHoldsOnWhicheverThreadTheBackendIsUsed() throws ExecutionException, InterruptedException {
        ExecutorService other = Executors.newSingleThreadExecutor();
        try (Backend backend = CpuBackend.open(Precision.F32, 3)) {
            long here = backend.memory().scratchBytes(CHANNELS, 4);
            long there = CompletableFuture.supplyAsync(() -> backend.memory().scratchBytes(CHANNELS, 4), other)
                    .get();
            assertThat(there).isEqualTo(here);
        } finally {
            other.shutdown();
        }
    }

    @Test
    void impossibleNumbersAreRefused() {
        assertThatThrownBy(() -> CpuBackend.open(Precision.F32, -1)).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> CpuBackend.open(Precision.F32, 100_000))
                .isInstanceOf(BackendException.class)
                .hasMessageContaining("100000");
    }
}
