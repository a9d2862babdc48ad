package org.ambispike.cli;

import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.function.Consumer;
import java.util.function.Function;
import org.ambispike.Model;
import org.ambispike.backend.Backend;
import org.ambispike.common.Cancellation;
import org.ambispike.common.Precision;
import org.ambispike.common.PrecisionException;
import org.ambispike.data.Published;
import org.ambispike.device.Device;
import org.ambispike.io.FolderLock;
import org.ambispike.paper.Reproduction;
import org.ambispike.paper.RunContext;
import org.ambispike.report.MetricsCsv;
import org.ambispike.train.Checkpoints;
import org.ambispike.train.TrainingContext;
import org.ambispike.train.TrainingImages;

/** Opens what a stage needs (device, images, progress), hears Ctrl-C while it runs, and closes all of it. */
record CommandContext(
        CommonOptions options,
        Path folder,
        boolean resume,
        PrintWriter err,
        Function<Consumer<String>, StageImages> images) {
    /** Prepares a stage that begins with a model, which decides what training images fit. */
    CommandContext(CommonOptions options, Path folder, boolean resume, PrintWriter err, Model model) {
        this(options, folder, resume, err, report -> StageImages.training(options.images(), model.saved(), report));
    }

    /** Prepares a run on training and test images, the usual ones where none are named. */
    CommandContext(CommonOptions options, Path folder, boolean resume, PrintWriter err, Published usual) {
        this(options, folder, resume, err, report -> StageImages.all(options.images(), usual, report));
    }

    /** Runs work whose metrics go on after those in the folder; otherwise as {@link #run(MetricsCsv, Function)}. */
    <T> T run(Function<RunContext, T> work) {
        return run(new MetricsCsv(folder), work);
    }

    /**
     * Runs work that makes a model in the folder, which is made if it is missing, and is its own until it has ended.
     *
     * @throws InputException if another run is at work in the folder
     * @throws PrecisionException if it is asked for in a precision that is for inference alone
     */
    <T> T run(MetricsCsv metrics, Function<RunContext, T> work) {
        if (options.precision() == Precision.INT8) {
            throw new PrecisionException("--precision int8 is for inference of spiking networks (ambispike evaluate);"
                    + " train, convert and calibrate in f32 or bf16");
        }
        try (FolderLock lock = FolderLock.take(folder)) {
            return open(options, err, tools -> work.apply(context(tools, metrics)));
        }
    }

    /** What work is given: a device, someone to tell, and a request to stop that may come. */
    record Tools(Device device, Backend backend, Progress progress, Cancellation cancellation) {}

    /** Runs work that makes no model, in any precision that the device has. */
    static <T> T open(CommonOptions options, PrintWriter err, Function<Tools, T> work) {
        Cancellation cancellation = new Cancellation();
        Device device = Device.choose(options.device(), options.precision());
        try (Progress progress = options.progress();
                Backend backend = Backend.of(device.open(options.threads(), options.autotune()))) {
            progress.note(backend.describe() + " (" + device.reason() + ")");
            if (options.autotune() && device.kind() == Device.Kind.CPU) {
                progress.note("--autotune is for a GPU, and has no effect on the CPU");
            }
            Tools tools = new Tools(device, backend, progress, cancellation);
            return Interrupts.hearing(cancellation, err, () -> work.apply(tools));
        }
    }

    private RunContext context(Tools tools, MetricsCsv metrics) {
        StageImages found = images.apply(tools.progress()::note);
        return new RunContext(
                TrainingContext.on(tools.backend(), new TrainingImages(found.training(), found.validation()))
                        .withSeed(options.seed())
                        .withListener(tools.progress())
                        .withCancellation(tools.cancellation())
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
}
