package org.ambispike.run;

import java.util.List;
import java.util.Optional;
import org.ambispike.ExitRule;
import org.ambispike.LayerRates;
import org.ambispike.SessionOptions;
import org.ambispike.SpikingModel;
import org.ambispike.backend.Backend;
import org.ambispike.exec.Executor;

/**
 * Images on their way through time, one step after another. Images whose answer is settled are taken out: at once where
 * rates are wanted, which must be of the others alone; else when those that go on fit into a batch of half the size, since
 * moving them costs about as much as a step.
 */
public final class StreamRun {
    private final Backend backend;
    private final SessionExecutors executors;
    private final int classes;
    private final Optional<RateRecorder> recorder;
    private final Answers answers;
    private final float[] logits;
    private final int[] origin;
    private final boolean[] settled;
    private final int[] chosen;
    private Executor current;
    private int images;
    private int active;
    private int time;

    public StreamRun(
            Backend backend, SpikingModel model, SessionOptions options, SessionExecutors executors, Answers answers) {
        this.backend = backend;
        this.executors = executors;
        this.classes = model.classes();
        this.recorder = options.rates()
                ? Optional.of(new RateRecorder(backend, model.saved().graph(), options.batch()))
                : Optional.empty();
        this.answers = answers;
        this.logits = new float[Math.multiplyExact(options.batch(), classes)];
        this.origin = new int[options.batch()];
        this.settled = new boolean[options.batch()];
        this.chosen = new int[options.batch()];
    }

    /** Before the first step of new images. */
    public void begin(float[] values, int count) {
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

    public int images() {
        return images;
    }

    /** That took the last step, with all images as long as they are stepped. */
    public Executor executor() {
        return current;
    }

    /** Steps taken. */
    public int time() {
        return time;
    }

    /** One step of all images; the answers are the running ones. */
    public void step() {
        advance();
        for (int row = 0; row < active; row++) {
            answers.put(origin[row], logits, row, time);
        }
    }

    /** All steps that the images need, at most {@code timeSteps}. */
    public void run(float[] values, int count, int timeSteps, ExitRule rule) {
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

    /** Of the steps so far. */
    public List<LayerRates> rates() {
        RateRecorder rates = recorder.orElseThrow(() -> new IllegalStateException(
                "this session does not record rates; open it with SessionOptions.withRates()"));
        rates.harvest(current, origin, active);
        return rates.rates(current, answers.timeSteps(), images);
    }
}
