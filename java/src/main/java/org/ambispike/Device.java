package org.ambispike;

import java.util.Locale;
import java.util.stream.Collectors;
import org.ambispike.backend.Backend;
import org.ambispike.backend.Precision;
import org.ambispike.backend.cpu.CpuBackend;
import org.ambispike.error.InputException;

/**
 * The device that a run takes.
 *
 * @param kind of backend
 * @param reason why this one, in one line for people
 */
public record Device(Kind kind, String reason) {
    private static final String ASKED_FOR = "asked for";

    /** The backends there are. */
    public enum Kind {
        CPU;

        /** As {@code summary.json} and the command line write it. */
        public String label() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    /** What a user asks for. */
    public enum Request {
        AUTO,
        CPU,
        CUDA
    }

    /**
     * Chooses a device for a request. There is no silent fall-back: whoever asks for CUDA gets it or an error.
     *
     * @throws InputException if the request cannot be met, saying what is missing
     */
    public static Device choose(Request request, Gpu gpu) {
        return switch (request) {
            case CPU -> new Device(Kind.CPU, ASKED_FOR);
            case AUTO -> new Device(
                    Kind.CPU,
                    gpu.hasDevice()
                            ? "the CUDA backend is not part of this build, so the GPU ("
                                    + gpu.devices().get(0) + ") stays idle"
                            : "the CUDA backend is not part of this build, and this machine has no NVIDIA GPU with a driver");
            case CUDA -> throw new InputException(
                    "--device cuda: the CUDA backend is not part of this build; " + lacks(gpu) + "; take --device cpu");
        };
    }

    /** The same on this machine, which is looked at only where the request leaves a choice. */
    public static Device choose(Request request) {
        return request == Request.CPU ? new Device(Kind.CPU, ASKED_FOR) : choose(request, Gpu.probe());
    }

    /**
     * Opens the backend.
     *
     * @param threads of the CPU, at least 1
     * @throws org.ambispike.backend.BackendException if a native library cannot be loaded, or the processor lacks the
     *     precision
     */
    public Backend open(Precision precision, int threads) {
        return switch (kind) {
            case CPU -> CpuBackend.open(precision, threads);
        };
    }

    private static String lacks(Gpu gpu) {
        return gpu.missing().isEmpty()
                ? "this machine has all that it would need"
                : "this machine also lacks "
                        + gpu.missing().stream().map(Gpu.Part::name).collect(Collectors.joining(", "))
                        + " (see ambispike doctor)";
    }
}
