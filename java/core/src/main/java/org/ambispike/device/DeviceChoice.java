package org.ambispike.device;

import java.util.Optional;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import org.ambispike.backend.GpuProvider;
import org.ambispike.common.InputException;
import org.ambispike.common.Precision;

/**
 * Chooses a device by what a machine offers, each part of which is asked for only where the choice hangs on it.
 *
 * @param driver version of the driver, or where it lies; empty for none
 * @param problem why the CUDA backend cannot run, which loads libraries; empty if it can
 * @param check whether the GPU computes what the CPU does in a precision, which takes a while unless a pass was kept
 * @param parts what to name where CUDA is asked for and is not there
 */
public record DeviceChoice(
        Supplier<Optional<String>> driver,
        Supplier<Optional<String>> problem,
        Function<Precision, GpuCheckResult> check,
        Supplier<Gpu> parts) {
    static final String ASKED_FOR = "asked for";

    /** On this machine. */
    public static DeviceChoice ofThisMachine() {
        return new DeviceChoice(
                Gpu::findDriver,
                () -> GpuProvider.facts().problem(),
                precision -> GpuCheck.ofThisMachine().proof(precision),
                Gpu::probe);
    }

    /**
     * Chooses.
     *
     * @throws InputException if the request cannot be met, saying what is missing and how to get it
     */
    public Device choose(Device.Request request, Precision precision) {
        return switch (request) {
            case CPU -> new Device(Device.Kind.CPU, precision, ASKED_FOR);
            case AUTO -> proven(precision);
            case CUDA -> demanded(precision);
        };
    }

    private Device proven(Precision precision) {
        if (precision == Precision.INT8) {
            return cpu(precision, "no self-check covers int8 on a GPU; --device cuda takes one");
        }
        if (driver.get().isEmpty()) {
            return cpu(precision, "this machine has no NVIDIA driver");
        }
        Optional<String> found = problem.get();
        if (found.isPresent()) {
            return cpu(precision, "no GPU is taken: " + found.get() + "; see ambispike doctor");
        }
        GpuCheckResult proof = check.apply(precision);
        return proof.failure()
                .map(finding -> cpu(precision, unproven(finding, precision)))
                .orElseGet(() -> new Device(
                        Device.Kind.CUDA,
                        precision,
                        "its results are the CPU's, as " + (proof.kept() ? "an earlier" : "a") + " self-check found"));
    }

    private static String unproven(Finding finding, Precision precision) {
        return "no GPU is taken: of its self-check '" + finding.item() + "' " + finding.describe() + "; run "
                + GpuCheck.command(precision);
    }

    private static Device cpu(Precision precision, String reason) {
        return new Device(Device.Kind.CPU, precision, reason);
    }

    private Device demanded(Precision precision) {
        problem.get().ifPresent(found -> {
            throw new InputException("--device cuda: " + found + "; " + lacks(parts.get()) + "; or take --device cpu");
        });
        return new Device(Device.Kind.CUDA, precision, ASKED_FOR);
    }

    private static String lacks(Gpu gpu) {
        return gpu.missing().isEmpty()
                ? "this machine has the driver, the libraries and the compiler"
                : "this machine lacks "
                        + gpu.missing().stream().map(Gpu.Part::name).collect(Collectors.joining(", "))
                        + " (see ambispike doctor)";
    }
}
