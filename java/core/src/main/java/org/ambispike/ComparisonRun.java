package org.ambispike;

import java.nio.FloatBuffer;
import java.util.ArrayList;
import java.util.List;
import org.ambispike.data.Batch;
import org.ambispike.data.BatchOptions;
import org.ambispike.data.Batches;
import org.ambispike.data.Dataset;
import org.ambispike.run.OutputErrors;

/** One pass of images through a network and by its targets. For one thread. */
final class ComparisonRun {
    private final Model model;
    private final Targets targets;
    private final Comparison comparison;
    private final List<Integer> timeSteps;
    private final List<OutputErrors> errors = new ArrayList<>();

    ComparisonRun(Model model, Targets targets, Comparison comparison) {
        this.model = model;
        this.targets = targets;
        this.comparison = comparison;
        this.timeSteps = model instanceof SpikingModel ? comparison.timeSteps() : List.of(1);
        timeSteps.forEach(t -> errors.add(
                new OutputErrors(model.saved().graph(), model.classNames().size())));
    }

    /** Runs a batch and looks at its results after some steps. */
    private interface Step {
        void run(FloatBuffer images, int count, float[] wanted);
    }

    List<OutputError> run(Dataset images) {
        int size = Math.min(comparison.session().batch(), images.size());
        SessionOptions options = comparison.session().withBatch(size).withInput(SessionOptions.Input.NORMALISED);
        FloatBuffer results = FloatBuffer.allocate(Math.multiplyExact(size, model.outputLength()));
        if (model instanceof AnnModel ann) {
            try (AnnSession session = ann.openSession(options)) {
                run(images, options, (values, count, wanted) -> {
                    session.runInto(values, results);
                    errors.get(0).add(results.array(), wanted, count);
                });
            }
        } else {
            try (SpikingSession session = ((SpikingModel) model).openSession(options)) {
                run(images, options, (values, count, wanted) -> steps(session, values, results, count, wanted));
            }
        }
        return results();
    }

    private void run(Dataset images, SessionOptions options, Step step) {
        int size = options.batch();
        int imageLength = Math.toIntExact(images.imageShape().elements());
        float[] wanted = new float[Math.multiplyExact(size, model.outputLength())];
        comparison.listener().stage("compare", images.size());
        try (Targets.Reader reader = targets.open(options);
                Batches batches = Batches.open(images, BatchOptions.inOrder(size))) {
            batches.start(0);
            for (int first = 0; batches.advance(); first += batches.current().count()) {
                comparison.cancellation().check();
                Batch batch = batches.current();
                FloatBuffer values = FloatBuffer.wrap(batch.images(), 0, batch.count() * imageLength);
                reader.read(values, first, wanted);
                step.run(values, batch.count(), wanted);
                comparison.listener().step(first + batch.count(), "");
            }
        }
        comparison.listener().stageDone("");
    }

    /** Takes one step after another, so that memory does not grow with T and one pass serves every T. */
    private void steps(SpikingSession session, FloatBuffer images, FloatBuffer results, int count, float[] wanted) {
        session.begin(images);
        int reached = 0;
        for (int index = 0; index < timeSteps.size(); index++) {
            while (reached < timeSteps.get(index)) {
                reached = session.stepInto(results);
                comparison.cancellation().check();
            }
            errors.get(index).add(results.array(), wanted, count);
        }
    }

    private List<OutputError> results() {
        List<OutputError> results = new ArrayList<>();
        for (int index = 0; index < timeSteps.size(); index++) {
            int steps = timeSteps.get(index);
            results.addAll(errors.get(index)
                    .results(
                            comparison.range(),
                            (name, sums, range) -> new OutputError(
                                    name, steps, sums.relative(), sums.psnr(range), range, sums.agreement())));
        }
        return List.copyOf(results);
    }
}
