package org.ambispike.train;

import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.function.Supplier;
import org.ambispike.backend.Backend;
import org.ambispike.backend.DeviceBuffer;
import org.ambispike.common.InputException;
import org.ambispike.common.ProgressListener;
import org.ambispike.data.Batch;
import org.ambispike.data.BatchOptions;
import org.ambispike.data.Batches;
import org.ambispike.data.Dataset;
import org.ambispike.exec.Executor;
import org.ambispike.exec.ParameterStore;
import org.ambispike.graph.Weights;
import org.ambispike.run.DataPass;

/**
 * The loop of every stage, from training an ANN to calibrating a spiking network: batches in, an objective's gradients
 * back, an optimiser's step, and after each epoch validation, a checkpoint and a row of metrics. What happens in an
 * epoch is a pure function of settings, seed and the state at its start.
 */
final class TrainingLoop {
    private final TrainingContext context;
    private final StageSettings settings;
    private final Fit fit;

    TrainingLoop(TrainingContext context, StageSettings settings) {
        this.context = context;
        this.settings = settings;
        this.fit = settings.fit();
    }

    /**
     * Runs the stage on the training images to its end, from its checkpoint if there is one.
     *
     * @param students executors of one store that take turns, step by step: one, or one for each T
     * @param validation what to measure after each epoch, if anything
     * @param checkpoint where the state is kept, if anywhere
     * @return the resulting weights
     * @throws NotFiniteException naming stage, epoch, step and parameter
     * @throws java.util.concurrent.CancellationException after a request to stop; the checkpoint of the last whole
     *     epoch is kept
     */
    public Weights run(
            List<Executor> students,
            Objective objective,
            Optional<Validation> validation,
            Optional<StageCheckpoint> checkpoint) {
        Backend backend = context.backend();
        ProgressListener listener = context.listener();
        Dataset training = context.images().training();
        ParameterStore store = students.get(0).parameters();
        BatchOptions batching = BatchOptions.training(fit.batch(), fit.augmentation(), settings.seed());
        int fullEpoch = training.size() / fit.batch();
        int stepsPerEpoch = fit.stepsPerEpoch() == 0 ? fullEpoch : Math.min(fit.stepsPerEpoch(), fullEpoch);
        if (stepsPerEpoch == 0) {
            throw new InputException("stage " + settings.stage() + ": a batch of " + fit.batch() + " is more than the "
                    + training.size() + " training images; take a smaller one (--batch)");
        }
        try (StepScalars numbers = new StepScalars(backend);
                Optimizer optimizer = new Optimizer(backend, store, fit.optimizer(), numbers);
                MovingAverage average = new MovingAverage(backend, store, fit.averageDecay(), numbers);
                TrainingStep step =
                        new TrainingStep(backend, settings, students, objective, optimizer, average, numbers);
                Batches batches = Batches.open(training, batching)) {
            int done = checkpoint
                    .map(file -> file.resume(backend, store, optimizer, average))
                    .orElse(0);
            listener.stage(settings.stage(), (long) fit.epochs() * stepsPerEpoch);
            Progress progress = new Progress(stepsPerEpoch, training, validation);
            for (int epoch = done + 1; epoch <= fit.epochs(); epoch++) {
                progress.epoch(epoch);
                batches.start(epoch);
                while (progress.stepOfEpoch < stepsPerEpoch && batches.advance()) {
                    context.cancellation().check();
                    run(step, batches.current(), progress, epoch);
                }
                double accuracy = validation
                        .map(check -> check.accuracy(average.current()))
                        .orElse(Double.NaN);
                context.metrics().accept(progress.row(settings, epoch, accuracy));
                int finished = epoch;
                checkpoint.ifPresent(file -> file.save(backend, store, optimizer, average, finished));
            }
            backend.memory().copy(average.current(), store.allValues());
            store.changed();
            listener.stageDone(progress.summary);
            return store.weights();
        }
    }

    private void run(TrainingStep step, Batch batch, Progress progress, int epoch) {
        double position = progress.totalSteps / ((double) fit.epochs() * progress.stepsPerEpoch);
        try {
            progress.add(step.run(batch, progress.totalSteps, position), batch.count());
        } catch (NotFiniteException e) {
            throw new NotFiniteException(settings.stage(), epoch, progress.stepOfEpoch + 1, e);
        }
        context.listener().step(progress.totalSteps, progress.message());
    }

    /** What to measure after each epoch. */
    public record Validation(DataPass pass, Dataset images) {
        double accuracy(DeviceBuffer parameters) {
            pass.load(parameters);
            return pass.curve(images).finalAccuracy();
        }
    }

    /** Sums of the running epoch. */
    private static final class Progress {
        private final int stepsPerEpoch;
        private long totalSteps;
        private int stepOfEpoch;
        private double lossSum;
        private double correct;
        private long images;
        private long started;
        private final Dataset training;
        private final Optional<Validation> validation;
        private String summary = "already done";

        Progress(int stepsPerEpoch, Dataset training, Optional<Validation> validation) {
            this.stepsPerEpoch = stepsPerEpoch;
            this.training = training;
            this.validation = validation;
        }

        void epoch(int epoch) {
            totalSteps = (long) (epoch - 1) * stepsPerEpoch;
            stepOfEpoch = 0;
            lossSum = 0;
            correct = 0;
            images = 0;
            started = System.nanoTime();
        }

        void add(StepLoss loss, int count) {
            totalSteps++;
            stepOfEpoch++;
            lossSum += loss.loss();
            correct += loss.correct();
            images += count;
        }

        private double seconds() {
            return (System.nanoTime() - started) / 1e9;
        }

        String message() {
            return String.format(Locale.ROOT, "loss %.4f, %,.0f images/s", lossSum / stepOfEpoch, images / seconds());
        }

        private static String percent(double fraction, Supplier<String> images) {
            return Double.isNaN(fraction)
                    ? "not measured"
                    : String.format(Locale.ROOT, "%.2f%% (%s)", 100 * fraction, images.get());
        }

        MetricRow row(StageSettings settings, int epoch, double accuracy) {
            double seconds = seconds();
            double end = epoch / (double) settings.fit().epochs();
            summary = String.format(
                    Locale.ROOT,
                    "loss %.4f, training %s, validation %s",
                    lossSum / stepOfEpoch,
                    percent(correct / images, () -> training.portion(images)),
                    percent(accuracy, () -> validation.orElseThrow().images().portion()));
            return new MetricRow(
                    settings.stage(),
                    epoch,
                    settings.fit().optimizer().learningRate()
                            * settings.fit().schedule().factor(end),
                    lossSum / stepOfEpoch,
                    correct / images,
                    accuracy,
                    seconds,
                    images / seconds);
        }
    }
}
