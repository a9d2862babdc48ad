package org.ambispike.cli;

import java.io.IOException;
import java.io.PrintWriter;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.Function;
import org.ambispike.Model;
import org.ambispike.backend.Backend;
import org.ambispike.common.Cancellation;
import org.ambispike.common.Precision;
import org.ambispike.common.PrecisionException;
import org.ambispike.data.Published;
import org.ambispike.device.Device;
import org.ambispike.paper.Reproduction;
import org.ambispike.paper.RunContext;
import org.ambispike.train.Checkpoints;
import org.ambispike.train.TrainingContext;
import org.ambispike.train.TrainingImages;

/** Opens what a stage needs (device, images, progress), hears Ctrl-C while it runs, and closes all of it. */
record Workbench(
        CommonOptions options,
        Path folder,
        boolean resume,
        PrintWriter err,
        Function<Consumer<String>, StageImages> images) {
    /** For a stage that begins with a model, which decides what images fit. */
    Workbench(CommonOptions options, Path folder, boolean resume, PrintWriter err, Model model) {
        this(options, folder, resume, err, report -> StageImages.of(options.data(), model.saved(), report));
    }

    /** For a stage that begins with nothing but images, the usual ones where none are named. */
    Workbench(CommonOptions options, Path folder, boolean resume, PrintWriter err, Published usual) {
        this(options, folder, resume, err, report -> StageImages.of(options.data(), usual, report));
    }

    /**
     * Runs work that makes a model in the folder, which is made if it is missing.
     *
     * @throws PrecisionException if it is asked for in a precision that is for inference alone
     */
    <T> T run(Metrics metrics, Function<RunContext, T> work) {
        if (options.precision() == Precision.INT8) {
            throw new PrecisionException("--precision int8 is for inference of spiking networks (ambispike evaluate);"
                    + " train, convert and calibrate in f32 or bf16");
        }
        return infer(metrics, work);
    }

    /** Runs work that makes no model, in any precision that the device has. */
    <T> T infer(Metrics metrics, Function<RunContext, T> work) {
        makeFolder();
        Cancellation cancellation = new Cancellation();
        Device device = Device.choose(options.device(), options.precision());
        try (Progress progress = options.progress();
                Backend backend = device.open(options.threads(), options.autotune())) {
            progress.note(backend.describe() + " (" + device.reason() + ")");
            if (options.autotune() && device.kind() == Device.Kind.CPU) {
                progress.note("--autotune is for a GPU, and has no effect on the CPU");
            }
            RunContext context = context(backend, progress, metrics, cancellation);
            return Interrupts.hearing(cancellation, err, () -> work.apply(context));
        }
    }

    private RunContext context(Backend backend, Progress progress, Metrics metrics, Cancellation cancellation) {
        StageImages found = images.apply(progress::note);
        return new RunContext(
                TrainingContext.on(backend, new TrainingImages(found.training(), found.validation()))
                        .withSeed(options.seed())
                        .withListener(progress)
                        .withCancellation(cancellation)
                        .withMetrics(metrics)
                        .withCheckpoints(new Checkpoints(Reproduction.checkpointFolder(folder), resume)),
                found.test());
    }

    /** Keeps a result and lets go of the checkpoints of the stages that led to it. */
    Path write(Model model, String file, String... stages) {
        Path target = folder.resolve(file);
        model.save(target);
        for (String stage : stages) {
            new Checkpoints(Reproduction.checkpointFolder(folder), resume).delete(stage);
        }
        return target;
    }

    private void makeFolder() {
        try {
            Files.createDirectories(folder);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
