package org.ambispike.exec;

import java.util.Locale;
import org.ambispike.backend.Backend;
import org.ambispike.common.BackendException;

/**
 * The device memory that an executor will hold.
 *
 * @param activationBytes activations, gradients of activations and kernels' own memory
 * @param parameterBytes the parameter store: values, and gradients when training
 * @param batch images
 * @param timeSteps T
 */
public record MemoryForecast(long activationBytes, long parameterBytes, int batch, int timeSteps) {
    public long totalBytes() {
        return activationBytes + parameterBytes;
    }

    /** @throws BackendException if the device has less room than the activations need; says what would help */
    void require(Backend backend) {
        long available = backend.memory().availableBytes();
        if (activationBytes > available) {
            throw new BackendException(String.format(
                    Locale.ROOT,
                    "batch %d at T = %d needs %s, but %s has %s free; choose a smaller --batch or T",
                    batch,
                    timeSteps,
                    mebibytes(activationBytes),
                    backend.name(),
                    mebibytes(available)));
        }
    }

    /** For example {@code memory: 212 MiB activations and workspace + 25 MiB parameters (batch 128, T = 4)}. */
    public String describe() {
        return String.format(
                Locale.ROOT,
                "memory: %s activations and workspace + %s parameters (batch %d, T = %d)",
                mebibytes(activationBytes),
                mebibytes(parameterBytes),
                batch,
                timeSteps);
    }

    private static String mebibytes(long bytes) {
        return String.format(Locale.ROOT, "%,d MiB", (bytes + (1 << 20) - 1) >> 20);
    }
}
