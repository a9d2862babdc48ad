package org.ambispike.cli;

import java.io.IOException;
import java.io.PrintWriter;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.function.Function;
import org.ambispike.Device;
import org.ambispike.Gpu;
import org.ambispike.Version;
import org.ambispike.backend.Backend;
import org.ambispike.data.DataLocator;
import org.ambispike.data.DataPlaces;
import org.ambispike.data.Dataset;
import org.ambispike.data.FashionMnist;
import org.ambispike.data.Split;
import org.ambispike.error.InputException;
import org.ambispike.io.CheckpointFiles;
import org.ambispike.io.ModelFiles;
import org.ambispike.io.SavedModel;
import org.ambispike.progress.Cancellation;
import org.ambispike.recipe.Reproduction;
import org.ambispike.recipe.RunContext;

/** Opens what a stage needs (device, images, progress), hears Ctrl-C while it runs, and closes all of it. */
record Workbench(CommonOptions options, Path folder, boolean resume, PrintWriter err) {
    /** Runs work in the folder, which is made if it is missing. */
    <T> T run(Metrics metrics, Function<RunContext, T> work) {
        makeFolder();
        Cancellation cancellation = new Cancellation();
        Device device = Device.choose(options.device(), Gpu.probe());
        try (Progress progress = options.progress();
                Backend backend = device.open(options.precision(), options.threads())) {
            progress.note(backend.describe() + " (" + device.reason() + ")");
            RunContext context = context(backend, progress, metrics, cancellation);
            return Interrupts.hearing(cancellation, err, () -> work.apply(context));
        }
    }

    private RunContext context(Backend backend, Progress progress, Metrics metrics, Cancellation cancellation) {
        Path data = new DataLocator(DataPlaces.ofProcess(), progress::note).fashionMnist(options.data());
        Dataset images = FashionMnist.load(Split.TRAIN, data);
        int kept = images.size() - RunContext.VALIDATION_IMAGES;
        if (kept < 1) {
            throw new InputException(data + ": " + images.size() + " training images, expected more than the "
                    + RunContext.VALIDATION_IMAGES + " that are held out for validation");
        }
        return new RunContext(
                backend,
                images.slice(0, kept),
                images.slice(kept, images.size()),
                FashionMnist.load(Split.TEST, data),
                options.seed(),
                Version.current().commit(),
                progress,
                cancellation,
                metrics,
                Optional.of(Reproduction.checkpointFolder(folder)),
                resume);
    }

    /** Keeps a result and lets go of the checkpoints of the stages that led to it. */
    Path write(SavedModel model, String file, String... stages) {
        Path target = folder.resolve(file);
        ModelFiles.write(target, model);
        for (String stage : stages) {
            CheckpointFiles.delete(Reproduction.checkpointFolder(folder).resolve(stage + ".checkpoint"));
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
