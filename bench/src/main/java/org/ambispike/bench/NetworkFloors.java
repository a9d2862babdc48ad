package org.ambispike.bench;

import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.Consumer;
import org.ambispike.backend.Backend;
import org.ambispike.train.StepLoop;

/** Whole steps of a network against the sum of their oneDNN primitives: some steps, then each part once, in turns. */
final class NetworkFloors {
    /** Steps in a row between two rounds of parts, so that the preparation of batches is not hidden behind them. */
    private static final int STEPS_PER_ROUND = 4;

    private static final int WARM_UPS = 3;

    private final Backend backend;
    private final Workload workload;
    private final int rounds;
    private final Consumer<String> log;

    /** @param log for lines about what is measured */
    NetworkFloors(Backend backend, Workload workload, int rounds, Consumer<String> log) {
        this.log = log;
        this.backend = backend;
        this.workload = workload;
        this.rounds = rounds;
    }

    List<Row> training() {
        String section = String.format(Locale.ROOT, "Training step, batch %d", Workload.TRAINING_BATCH);
        try (StepLoop loop = workload.training(backend);
                StepParts parts = StepParts.training(backend, workload)) {
            return inTurns(section, loop, parts);
        }
    }

    List<Row> calibration() {
        String section = String.format(
                Locale.ROOT,
                "Calibration step, batch %d, T = %d",
                Workload.CALIBRATION_BATCH,
                Workload.CALIBRATION_STEPS);
        try (StepLoop loop = workload.calibration(backend);
                StepParts parts = StepParts.calibration(backend, workload)) {
            return inTurns(section, loop, parts);
        }
    }

    List<Row> inference() {
        String section = String.format(
                Locale.ROOT, "Inference, batch %d, T = %d", Workload.INFERENCE_BATCH, Workload.INFERENCE_STEPS);
        try (InferenceRun run = new InferenceRun(backend, workload);
                StepParts parts = StepParts.inference(backend, workload)) {
            Rounds measured = begin(section, parts);
            for (int round = 0; round < WARM_UPS + rounds; round++) {
                long started = System.nanoTime();
                for (int step = 0; step < STEPS_PER_ROUND; step++) {
                    run.run();
                }
                backend.synchronize();
                measured.stepsTook(started);
            }
            return measured.rows(section);
        }
    }

    private Rounds begin(String section, StepParts parts) {
        log.accept(section);
        parts.choices().forEach(choice -> log.accept("  " + choice));
        return new Rounds(parts.parts());
    }

    private List<Row> inTurns(String section, StepLoop loop, StepParts parts) {
        Rounds measured = begin(section, parts);
        measured.start();
        loop.run(STEPS_PER_ROUND * (WARM_UPS + rounds), measured::step);
        return measured.rows(section);
    }

    /** Times of steps and parts by round. */
    private final class Rounds {
        private final List<Part> parts;
        private final List<Samples> times = new ArrayList<>();
        private final Samples whole = new Samples();
        private final Map<Part.Kind, Samples> sums = new EnumMap<>(Part.Kind.class);
        private int steps;
        private int round = -WARM_UPS;
        private long started;

        Rounds(List<Part> parts) {
            this.parts = parts;
            parts.forEach(part -> times.add(new Samples()));
            for (Part.Kind kind : Part.Kind.values()) {
                sums.put(kind, new Samples());
            }
        }

        void start() {
            started = System.nanoTime();
        }

        /** After every step of a loop; takes the parts' turn when a round of steps is over. */
        void step() {
            if (++steps % STEPS_PER_ROUND == 0) {
                backend.synchronize();
                stepsTook(started);
                start();
            }
        }

        void stepsTook(long startOfSteps) {
            double milliseconds = Stopwatch.since(startOfSteps) / STEPS_PER_ROUND;
            Map<Part.Kind, Double> sum = new EnumMap<>(Part.Kind.class);
            for (int index = 0; index < parts.size(); index++) {
                double time = Stopwatch.milliseconds(backend, parts.get(index).work());
                sum.merge(parts.get(index).kind(), time, Double::sum);
                if (round >= 0) {
                    times.get(index).add(time);
                }
            }
            if (round >= 0) {
                whole.add(milliseconds);
                sums.forEach((kind, samples) -> samples.add(sum.getOrDefault(kind, 0.0)));
            }
            round++;
        }

        List<Row> rows(String section) {
            List<Row> rows = new ArrayList<>();
            for (int index = 0; index < parts.size(); index++) {
                rows.add(Row.part(
                        section,
                        parts.get(index).name(),
                        times.get(index).median(),
                        parts.get(index).kind().label()));
            }
            for (Part.Kind kind : Part.Kind.values()) {
                rows.add(Row.part(section, "sum", sums.get(kind).median(), kind.label()));
            }
            rows.add(compared(section, "sum of oneDNN primitives", Part.Kind.PRIMITIVE));
            rows.add(compared(section, "the same with weight reorders", Part.Kind.PRIMITIVE, Part.Kind.REORDER));
            rows.add(compared(section, "sum of all parts", Part.Kind.values()));
            return rows;
        }

        private Row compared(String section, String bound, Part.Kind... kinds) {
            Samples floors = new Samples();
            Samples ratios = new Samples();
            for (int index = 0; index < whole.count(); index++) {
                double floor = 0;
                for (Part.Kind kind : kinds) {
                    floor += sums.get(kind).get(index);
                }
                floors.add(floor);
                ratios.add(whole.get(index) / floor);
            }
            return Row.compared(section, "whole", whole.median(), floors.median(), ratios.median(), bound);
        }
    }
}
