package org.ambispike.train;

import java.util.List;
import java.util.Locale;
import org.ambispike.backend.Backend;
import org.ambispike.backend.DeviceBuffer;
import org.ambispike.data.Batch;
import org.ambispike.exec.CapturedPass;
import org.ambispike.exec.Executor;
import org.ambispike.exec.ParameterStore;

/**
 * The steps of a stage. For each the host uploads a batch and a few numbers, the device does all the work, from the passes to
 * the moving average, as one captured graph, and one copy back, for which alone the host waits, says what came of it. Used by the
 * backend's thread.
 */
final class TrainingStep implements AutoCloseable {
    private final Backend backend;
    private final StageSettings settings;
    private final List<Executor> students;
    private final boolean withRateGradients;
    private final StepScalars numbers;
    private final PlannedObjective objective;
    private final Optimizer optimizer;
    private final MovingAverage average;
    private final DeviceBuffer labels;
    private final List<CapturedPass> passes;

    /**
     * Plans and allocates.
     *
     * @param students executors of one store that take turns, step by step
     * @param numbers of which no more are asked for after this; the caller's, as are optimiser and average
     */
    TrainingStep(
            Backend backend,
            StageSettings settings,
            List<Executor> students,
            Objective objective,
            Optimizer optimizer,
            MovingAverage average,
            StepScalars numbers) {
        this.backend = backend;
        this.settings = settings;
        this.students = List.copyOf(students);
        this.withRateGradients = objective.usesRateGradients();
        this.numbers = numbers;
        this.objective = objective.plan(numbers, students.get(0).graph());
        this.optimizer = optimizer;
        this.average = average;
        numbers.allocate();
        this.labels = backend.memory().allocate("labels", (long) settings.fit().batch() * Integer.BYTES);
        List<DeviceBuffer> buffers = List.of(labels, numbers.results(), optimizer.clip(), average.current());
        this.passes = this.students.stream()
                .map(student -> student.capture(settings.stage() + " step", buffers, () -> work(student)))
                .toList();
    }

    /**
     * One step.
     *
     * @param step from 0
     * @param progress of the stage, in [0, 1)
     * @throws NotFiniteException where the loss or a gradient is not finite; nothing was updated then
     */
    StepLoss run(Batch batch, long step, double progress) {
        int turn = (int) (step % students.size());
        Executor student = students.get(turn);
        backend.memory().upload(batch.labels(), 0, batch.count(), labels);
        student.dropout(settings.seed(), step);
        objective.begin(student, new TrainingBatch(batch.images(), batch.count(), progress));
        optimizer.begin(settings.fit().schedule().factor(progress));
        average.begin();
        numbers.handOver();
        passes.get(turn).run();
        numbers.fetch();
        StepLoss loss = objective.loss();
        if (!Double.isFinite(loss.loss())) {
            throw new NotFiniteException("the loss", suspect(student));
        }
        optimizer.finish();
        average.finish();
        return loss;
    }

    private void work(Executor student) {
        objective.before(student);
        student.forward();
        objective.apply(student, labels);
        student.backward(withRateGradients);
        objective.after(student);
        optimizer.update();
        average.update(optimizer.clip());
    }

    /** The first parameter that is not finite or, where all are, the one with the largest values. */
    private String suspect(Executor student) {
        ParameterStore store = student.parameters();
        List<String> names = List.copyOf(store.values().keySet());
        double[] sums = new double[names.size()];
        try (SquareSums squareSums = new SquareSums(backend, store, "suspect", names);
                DeviceBuffer result = backend.memory().allocate("suspect", (long) sums.length * Double.BYTES)) {
            squareSums.apply(store.allValues(), result);
            backend.memory().download(result, sums);
        }
        double largest = -1;
        String where = "";
        for (int index = 0; index < sums.length; index++) {
            String name = names.get(index);
            double mean = Math.sqrt(sums[index] / store.value(name).floats());
            if (!Double.isFinite(mean)) {
                return "nor is '" + name + "'";
            }
            if (mean > largest) {
                largest = mean;
                where = name;
            }
        }
        return String.format(
                Locale.ROOT, "all parameters are; the largest are in '%s', root mean square %.3g", where, largest);
    }

    @Override
    public void close() {
        passes.forEach(CapturedPass::close);
        labels.close();
    }
}
