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

    /** What runs a batch and looks at its results after some steps. */
    private interface Runner extends AutoCloseable {
        void run(FloatBuffer images, int count, float[] wanted);

        @Override
        void close();
    }

    List<OutputError> run(Dataset images) {
        int size = Math.min(comparison.session().batch(), images.size());
        SessionOptions options = comparison.session().withBatch(size).withInput(SessionOptions.Input.NORMALISED);
        int imageLength = Math.toIntExact(images.imageShape().elements());
        float[] wanted = new float[Math.multiplyExact(size, model.outputLength())];
        comparison.listener().stage("compare", images.size());
        try (Runner runner = runner(options);
                Targets.Reader reader = targets.open(options);
                Batches batches = Batches.open(images, BatchOptions.inOrder(size))) {
            batches.start(0);
            for (int first = 0; batches.advance(); first += batches.current().count()) {
                comparison.cancellation().check();
                Batch batch = batches.current();
                FloatBuffer values = FloatBuffer.wrap(batch.images(), 0, batch.count() * imageLength);
                reader.read(values, first, wanted);
                runner.run(values, batch.count(), wanted);
                comparison.listener().step(first + batch.count(), "");
            }
        }
        comparison.listener().stageDone("");
        return results();
    }

    private Runner runner(SessionOptions options) {
        FloatBuffer results = FloatBuffer.allocate(Math.multiplyExact(options.batch(), model.outputLength()));
        if (model instanceof AnnModel ann) {
            return new AnnRunner(ann.openSession(options), results);
        }
        return new SpikingRunner(((SpikingModel) model).openSession(options), results);
    }

    private final class AnnRunner implements Runner {
        private final AnnSession session;
        private final FloatBuffer results;

        AnnRunner(AnnSession session, FloatBuffer results) {
            this.session = session;
            this.results = results;
        }

        @Override
        public void run(FloatBuffer images, int count, float[] wanted) {
            session.runInto(images, results);
            errors.get(0).add(results.array(), wanted, count);
        }

        @Override
        public void close() {
            session.close();
        }
    }

    /** Takes one step after another, so that memory does not grow with T and one pass serves every T. */
    private final class SpikingRunner implements Runner {
        private final SpikingSession session;
        private final FloatBuffer results;

        SpikingRunner(SpikingSession session, FloatBuffer results) {
            this.session = session;
            this.results = results;
        }

        @Override
        public void run(FloatBuffer images, int count, float[] wanted) {
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

        @Override
        public void close() {
            session.close();
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
