package org.ambispike.run;

import java.util.List;
import java.util.Optional;
import org.ambispike.backend.Backend;
import org.ambispike.common.ExitDecision;
import org.ambispike.exec.Executor;
import org.ambispike.graph.Graph;

/**
 * Images on their way through time, one step after another. Images whose answer is settled are taken out: at once where
 * rates are wanted, which must be of the others alone; else when those that go on fit into a batch of half the size, since
 * moving them costs about as much as a step.
 */
public final class StreamRun {
    private final Backend backend;
    private final ExecutorCache executors;
    private final int classes;
    private final Optional<RateRecorder> recorder;
    private final LogitsBuffer answers;
    private final float[] logits;
    private final int[] origin;
    private final boolean[] settled;
    private final int[] chosen;
    private float[] values = {};
    private Executor current;
    private int images;
    private int active;
    private int time;

    StreamRun(BatchRuns runs, LogitsBuffer answers) {
        BatchPlan plan = runs.plan();
        Graph graph = runs.runner().graph();
        this.backend = runs.runner().backend();
        this.executors = runs.executors();
        this.classes = graph.classes();
        this.recorder = plan.rates() ? Optional.of(new RateRecorder(backend, graph, plan.batch())) : Optional.empty();
        this.answers = answers;
        this.logits = new float[Math.multiplyExact(plan.batch(), classes)];
        this.origin = new int[plan.batch()];
        this.settled = new boolean[plan.batch()];
        this.chosen = new int[plan.batch()];
    }

    /** Begins a run with new images, [count, H, W, C]; those before are dropped. */
    public void begin(float[] given, int count) {
        values = given;
        images = count;
        active = count;
        time = 0;
        for (int row = 0; row < count; row++) {
            origin[row] = row;
            settled[row] = false;
        }
        current = executors.streaming(count);
        current.input(values, count);
    }

    /** Returns how many images the run began with. */
    public int images() {
        return images;
    }

    /** That took the last step, with all images as long as they are stepped. */
    Executor executor() {
        return current;
    }

    /** Returns how many steps were taken. */
    public int time() {
        return time;
    }

    /** Takes one step of all images; the answers are the running ones. */
    public void step() {
        advance();
        for (int row = 0; row < active; row++) {
            answers.put(origin[row], logits, row, time);
        }
    }

    /** Takes all steps that the images need, at most {@code timeSteps}. */
    public void run(float[] values, int count, int timeSteps, ExitDecision rule) {
        begin(values, count);
        int open = count;
        while (open > 0) {
            advance();
            for (int row = 0; row < active; row++) {
                if (!settled[row] && (time == timeSteps || rule.settles(logits, row * classes, classes, time))) {
                    answers.put(origin[row], logits, row, time);
                    settled[row] = true;
                    open--;
                }
            }
            boolean pays = recorder.isPresent() || executors.size(open) < executors.size(active);
            if (open > 0 && open < active && pays) {
                compact(open);
            }
        }
    }

    private void advance() {
        current.forward();
        time++;
        backend.memory().download(current.finalLogits(), logits, 0, active * classes);
        for (int row = 0; row < active; row++) {
            FiniteAnswers.require(current, time, values, origin[row], logits, row * classes);
        }
    }

    private void compact(int open) {
        if (recorder.isPresent()) {
            recorder.get().harvest(current, origin, active);
        }
        int kept = 0;
        for (int row = 0; row < active; row++) {
            if (!settled[row]) {
                chosen[kept] = row;
                origin[kept] = origin[row];
                kept++;
            }
        }
        for (int row = 0; row < open; row++) {
            settled[row] = false;
        }
        Executor smaller = executors.streaming(open);
        smaller.takeOver(current, chosen, open);
        current = smaller;
        active = open;
    }

    /**
     * Returns how each layer fired in the steps so far.
     *
     * @throws IllegalStateException if rates are not recorded
     */
    public <R> List<R> rates(RateRecorder.Result<R> result) {
        RateRecorder rates = recorder.orElseThrow(() -> new IllegalStateException(
                "this session does not record rates; open it with SessionOptions.withRates()"));
        rates.harvest(current, origin, active);
        return rates.rates(current, answers.timeSteps(), images, result);
    }
}
