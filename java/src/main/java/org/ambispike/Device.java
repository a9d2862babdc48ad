package org.ambispike;

import java.util.Locale;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import org.ambispike.backend.Backend;
import org.ambispike.backend.Precision;
import org.ambispike.backend.cpu.CpuBackend;
import org.ambispike.backend.cuda.CudaBackend;
import org.ambispike.backend.cuda.CudaFacts;
import org.ambispike.backend.cuda.CudaOptions;
import org.ambispike.backend.cuda.CudaProbe;
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
        CPU,
        CUDA;

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
     * @throws InputException if the request cannot be met, saying what is missing and how to get it
     */
    public static Device choose(Request request, Gpu gpu) {
        return choose(request, gpu, CudaProbe::probe);
    }

    /** @param cuda asked only where a GPU may be taken: it loads libraries */
    static Device choose(Request request, Gpu gpu, Supplier<CudaFacts> cuda) {
        return switch (request) {
            case CPU -> new Device(Kind.CPU, ASKED_FOR);
            case AUTO -> new Device(
                    Kind.CPU,
                    gpu.hasDevice()
                            ? "the GPU (" + gpu.devices().get(0)
                                    + ") is taken where --device cuda asks for it, until its backend has been measured on one"
                            : "this machine has no NVIDIA GPU with a driver");
            case CUDA -> demanded(gpu, cuda.get());
        };
    }

    private static Device demanded(Gpu gpu, CudaFacts facts) {
        if (facts.problem().isPresent()) {
            throw new InputException(
                    "--device cuda: " + facts.problem().get() + "; " + lacks(gpu) + "; or take --device cpu");
        }
        return new Device(Kind.CUDA, ASKED_FOR);
    }

    /** The same on this machine, which is looked at only where the request leaves a choice. */
    public static Device choose(Request request) {
        return request == Request.CPU ? new Device(Kind.CPU, ASKED_FOR) : choose(request, Gpu.probe());
    }

    /**
     * Opens the backend.
     *
     * @param threads of the CPU, at least 1; of no meaning to a GPU
     * @throws org.ambispike.backend.PrecisionException if the device lacks the precision
     * @throws org.ambispike.backend.BackendException if a native library cannot be loaded
     */
    public Backend open(Precision precision, int threads) {
        return open(precision, threads, false);
    }

    /**
     * The same.
     *
     * @param autotune whether a GPU's algorithms are measured, once for each shape, rather than chosen by heuristics; of
     *     no meaning to the CPU, whose library has one for each shape
     */
    public Backend open(Precision precision, int threads, boolean autotune) {
        CudaOptions options = CudaOptions.fromEnvironment();
        return switch (kind) {
            case CPU -> CpuBackend.open(precision, threads);
            case CUDA -> CudaBackend.open(precision, autotune ? options.withAutotune() : options);
        };
    }

    private static String lacks(Gpu gpu) {
        return gpu.missing().isEmpty()
                ? "this machine has the driver, the libraries and the compiler"
                : "this machine lacks "
                        + gpu.missing().stream().map(Gpu.Part::name).collect(Collectors.joining(", "))
                        + " (see ambispike doctor)";
    }
}
