package org.ambispike.device;

import java.util.Locale;
import org.ambispike.backend.Backend;
import org.ambispike.backend.GpuProvider;
import org.ambispike.backend.cpu.CpuBackend;
import org.ambispike.common.BackendException;
import org.ambispike.common.OpenDevice;
import org.ambispike.common.Precision;
import org.ambispike.common.PrecisionException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The device that a run takes.
 *
 * @param kind of backend
 * @param precision of convolutions and matrix multiplication, for which it was chosen
 * @param reason why this one, in one line
 */
public record Device(Kind kind, Precision precision, String reason) {
    private static final Logger LOG = LoggerFactory.getLogger(Device.class);

    /** The backends there are. */
    public enum Kind {
        CPU,
        CUDA;

        /** As {@code summary.json} and the command line write it. */
        public String label() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    /** What a user asks for. */
    public enum Request {
        /**
         * The GPU where driver, device and libraries are there and a self-check finds that it computes what the CPU does;
         * else the CPU. A pass is kept in the user's cache, a failure is not: it is found again at every choice.
         */
        AUTO,
        CPU,
        /** The GPU, without a self-check. */
        CUDA
    }

    /**
     * Chooses a device of this machine, which is looked at only where the request leaves a choice. There is no silent
     * fall-back: whoever asks for CUDA gets it or an error.
     *
     * @throws org.ambispike.common.InputException if the request cannot be met, saying what is missing and how to get it
     */
    public static Device choose(Request request, Precision precision) {
        Device device = DeviceChoice.ofThisMachine().choose(request, precision);
        if (request == Request.AUTO) {
            LOG.info("the device is {}", device.describe());
        }
        return device;
    }

    /** The request that leads here without another choice. */
    public Request request() {
        return kind == Kind.CPU ? Request.CPU : Request.CUDA;
    }

    /** Which device and why, in one line. */
    public String describe() {
        return kind.label() + " (" + reason + ")";
    }

    /**
     * Opens the device; close it when done.
     *
     * @param threads of the CPU, at least 1; ignored on a GPU
     * @throws PrecisionException if the device lacks the precision
     * @throws org.ambispike.common.BackendException if a native library cannot be loaded
     */
    public OpenDevice open(int threads) {
        return open(threads, false);
    }

    /**
     * The same.
     *
     * @param autotune whether a GPU's algorithms are measured, once for each shape, rather than chosen by heuristics; of
     *     no meaning to the CPU, whose library has one for each shape
     */
    public OpenDevice open(int threads, boolean autotune) {
        Backend backend =
                switch (kind) {
                    case CPU -> openCpu(threads);
                    case CUDA -> GpuProvider.find()
                            .orElseThrow(() -> new BackendException(GpuProvider.MISSING))
                            .open(precision, autotune ? GpuProvider.Tuning.MEASURED : GpuProvider.Tuning.ENVIRONMENT);
                };
        LOG.debug("opened {} ({})", backend.describe(), reason);
        return backend;
    }

    /** Who wanted a GPU's precision is told why there is no GPU. */
    private Backend openCpu(int threads) {
        try {
            return CpuBackend.open(precision, threads);
        } catch (PrecisionException e) {
            if (reason.equals(DeviceChoice.ASKED_FOR)) {
                throw e;
            }
            PrecisionException explained =
                    new PrecisionException(e.getMessage() + "; the CPU was taken since: " + reason);
            explained.initCause(e);
            throw explained;
        }
    }
}
