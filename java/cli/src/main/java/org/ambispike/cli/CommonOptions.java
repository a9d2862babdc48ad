package org.ambispike.cli;

import java.nio.file.Path;
import java.util.Optional;
import org.ambispike.SessionOptions;
import org.ambispike.backend.Backend;
import org.ambispike.common.Precision;
import org.ambispike.device.Device;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** Options of every command that computes. */
final class CommonOptions {
    @Spec(Spec.Target.MIXEE)
    private CommandSpec spec;

    @Option(
            names = "--device",
            paramLabel = "auto|cpu|cuda",
            defaultValue = "auto",
            description = "Where to compute; auto says what it took and why. Default: ${DEFAULT-VALUE}.")
    private Device.Request device;

    @Option(
            names = "--precision",
            paramLabel = "f32|tf32|bf16|int8",
            defaultValue = "f32",
            description =
                    "Of convolutions and matrix multiplication; membranes stay f32. tf32 is for GPUs, int8 for inference of"
                            + " spiking networks, on a GPU with --device cuda. Default: ${DEFAULT-VALUE}.")
    private Precision precision;

    @Option(
            names = "--autotune",
            description =
                    "On a GPU: measure cuDNN's algorithms, once for each shape, and keep the choice in the user's cache;"
                            + " without it heuristics choose. AMBISPIKE_CUDA_AUTOTUNE=1 does the same.")
    private boolean autotune;

    @Option(
            names = "--threads",
            paramLabel = "N",
            description = "CPU threads. Default: OMP_NUM_THREADS, else all cores.")
    private Optional<Integer> threads;

    @Option(
            names = "--seed",
            paramLabel = "N",
            defaultValue = "1",
            description = "Of weights, shuffling, augmentation and dropout. Default: ${DEFAULT-VALUE}.")
    private long seed;

    @Option(
            names = "--out",
            paramLabel = "DIR",
            description = "Folder for what is written. Default: runs/NET, or the folder of MODEL.")
    private Optional<Path> out;

    @Option(
            names = "--data",
            paramLabel = "PLACE",
            description =
                    "Images: a folder with images by class (train/CLASS/*.png) or without classes (*.png), with IDX or"
                            + " CIFAR-10 binary files, or a safetensors file. Default: Fashion-MNIST, from AMBISPIKE_DATA, else the cache, else a download.")
    private Optional<Path> data;

    @Mixin
    private ImageOptions images;

    @Option(names = "--quiet", description = "Print results and errors only.")
    private boolean quiet;

    @Option(names = "--plain", description = "Print progress as lines, as when the output is no terminal.")
    private boolean plain;

    /**
     * The number asked for, else that of OpenMP's own variable, else all cores.
     *
     * @throws ParameterException if it is below 1 or above what the kernels take
     */
    int threads() {
        return Values.upTo(spec, "--threads", Backend.MOST_THREADS, threads)
                .or(() -> Optional.ofNullable(System.getenv("OMP_NUM_THREADS"))
                        .filter(text -> text.matches("[1-9]\\d{0,3}"))
                        .map(Integer::valueOf))
                .or(() -> Optional.of(Runtime.getRuntime().availableProcessors()))
                .map(number -> Math.min(number, Backend.MOST_THREADS))
                .orElseThrow();
    }

    Device.Request device() {
        return device;
    }

    Precision precision() {
        return precision;
    }

    /** Returns options of sessions with the precision and the threads that were asked for, on the device that was taken. */
    SessionOptions session(SessionOptions from, Device.Request taken) {
        return from.withDevice(taken).withPrecision(precision()).withThreads(threads());
    }

    boolean autotune() {
        return autotune;
    }

    long seed() {
        return seed;
    }

    /** The images that were named, and how they are made to fit. */
    NamedImages images() {
        return new NamedImages(data, images.transform());
    }

    /** The folder for what is written, if one was given. */
    Optional<Path> out() {
        return out;
    }

    /** Progress on standard error, in the form that was asked for. */
    Progress progress() {
        return Progress.of(quiet, plain, System.err);
    }
}
