package org.ambispike.train;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.Supplier;
import java.util.zip.CRC32C;
import org.ambispike.backend.Backend;
import org.ambispike.data.Dataset;
import org.ambispike.exec.ExecutionOptions;
import org.ambispike.exec.Executor;
import org.ambispike.exec.ParameterStore;
import org.ambispike.graph.Network;
import org.ambispike.graph.ParameterRole;
import org.ambispike.graph.Weights;
import org.ambispike.io.SavedModel;
import org.ambispike.run.DataPass;
import org.ambispike.run.NetworkRunner;
import org.ambispike.run.PassPlan;

/** Runs stages of training: plans who learns from whom, and runs the loop. Used by the backend's thread. */
public final class Trainer {
    private static final int EVALUATION_BATCH = 100;

    private final TrainingContext context;
    private final Backend backend;

    public Trainer(TrainingContext context) {
        this.context = context;
        this.backend = context.backend();
    }

    /**
     * Trains an ANN on the labels.
     *
     * @param smoothing of labels, in [0, 1)
     * @param penalty on the variance of activations (eq. 21-23, 31), if any
     */
    public Weights train(StageSettings settings, Network start, double smoothing, Optional<VariancePenalty> penalty) {
        String text = settings + " smoothing " + smoothing
                + penalty.map(each -> " " + each).orElse("");
        return fit(
                new Plan(settings, List.of(1), 0, fingerprint(text, start)),
                start,
                penalty.<Objective>map(each -> new VariancePenaltyObjective(backend, start.graph(), smoothing, each))
                        .orElse((numbers, graph) -> new LabelLoss(backend, smoothing, numbers)));
    }

    /**
     * Trains an ANN whose activations are quantised with another ANN as teacher.
     *
     * @param dither in levels
     */
    public Weights quantise(
            StageSettings settings, Network start, SavedModel teacher, CalibrationTarget target, double dither) {
        Supplier<String> fingerprint =
                fingerprint(settings + " " + target + " dither " + dither, start, teacher.network());
        return distil(new Plan(settings, List.of(1), dither, fingerprint), start, teacher, target);
    }

    /**
     * Trains all layers of a spiking network with an ANN as teacher.
     *
     * @param timeSteps ascending; several take turns
     */
    public Weights calibrate(
            StageSettings settings,
            SavedModel snn,
            SavedModel teacher,
            CalibrationTarget target,
            List<Integer> timeSteps) {
        Supplier<String> fingerprint =
                fingerprint(settings + " " + target + " T " + timeSteps, snn.network(), teacher.network());
        return distil(new Plan(settings, timeSteps, 0, fingerprint), snn.network(), teacher, target);
    }

    /** Calibrates one layer after another for T steps; thresholds stay as they are. */
    public Weights calibrateLayers(
            StageSettings settings, SavedModel snn, SavedModel teacher, CalibrationTarget target, int timeSteps) {
        // training the thresholds would untie the negative ones of imbalanced neurons
        Fit fit = settings.fit();
        OptimizerSettings others = fit.optimizer().only(EnumSet.complementOf(EnumSet.of(ParameterRole.THRESHOLDS)));
        StageSettings tied = fit.with(others).stage(settings.stage(), settings.seed());
        Supplier<String> fingerprint =
                fingerprint(tied + " " + target + " layers T " + timeSteps, snn.network(), teacher.network());
        return new LayerwiseCalibrator(context, new TeacherNetwork(teacher.network()), tied, target)
                .calibrate(snn.network(), timeSteps, fingerprint);
    }

    /**
     * Calibrates by passes of images alone.
     *
     * @param snn whose neurons have thresholds by channel
     * @param teacher the ANN that it was converted from
     */
    public Weights calibrateForward(Network snn, Network teacher, int timeSteps, Dataset images) {
        return new ForwardCalibrator(context).calibrate(snn, new TeacherNetwork(teacher), timeSteps, images);
    }

    /**
     * What one stage trains.
     *
     * @param timeSteps ascending; several take turns
     * @param dither of quantised activations, in levels
     * @param fingerprint of all settings, by which a checkpoint is known again
     */
    private record Plan(StageSettings settings, List<Integer> timeSteps, double dither, Supplier<String> fingerprint) {
        int longest() {
            return timeSteps.get(timeSteps.size() - 1);
        }
    }

    /** Says what a checkpoint is known again by, where one is kept: settings, images, and graphs and weights of the networks it began with. */
    private Supplier<String> fingerprint(String settings, Network... networks) {
        return () -> settings + identity(networks);
    }

    private String identity(Network... networks) {
        CRC32C sum = new CRC32C();
        for (Network network : networks) {
            sum.update(network.graph().nodes().toString().getBytes(StandardCharsets.UTF_8));
            new TreeMap<>(network.weights().tensors()).forEach((name, tensor) -> {
                sum.update(name.getBytes(StandardCharsets.UTF_8));
                ByteBuffer bytes = ByteBuffer.allocate(tensor.values().length * Float.BYTES);
                bytes.asFloatBuffer().put(tensor.values());
                sum.update(bytes);
            });
        }
        Dataset images = context.images().training();
        return ", " + images.size() + " images of " + images.name() + " " + Long.toHexString(images.checksum())
                + ", networks " + Long.toHexString(sum.getValue());
    }

    private Weights distil(Plan plan, Network start, SavedModel teacher, CalibrationTarget target) {
        boolean labelled = context.images().training().labelled();
        CalibrationTarget fitting =
                labelled ? target : target.with(target.loss().withoutLabels());
        try (ParameterStore store = ParameterStore.create(backend, teacher.graph(), teacher.weights(), false);
                Executor executor = Executor.plan(
                        backend,
                        teacher.graph(),
                        store,
                        ExecutionOptions.inference(plan.settings().fit().batch(), 1)
                                .withRates())) {
            return fit(plan, start, new JointObjective(backend, executor, fitting));
        }
    }

    private Weights fit(Plan plan, Network start, Objective objective) {
        Dataset validation = context.images().validation();
        if (!validation.labelled() || !start.graph().hasClasses()) {
            return fit(plan, start, objective, Optional.empty());
        }
        try (NetworkRunner runner = new NetworkRunner(backend, start);
                DataPass pass = runner.pass(
                        PassPlan.whole(Math.min(EVALUATION_BATCH, validation.size()), plan.longest()),
                        context.cancellation())) {
            return fit(plan, start, objective, Optional.of(new TrainingLoop.Validation(pass, validation)));
        }
    }

    private Weights fit(Plan plan, Network start, Objective objective, Optional<TrainingLoop.Validation> validation) {
        List<Executor> students = new ArrayList<>();
        try (ParameterStore store = ParameterStore.create(backend, start.graph(), start.weights(), true)) {
            for (int steps : plan.timeSteps()) {
                ExecutionOptions options = ExecutionOptions.training(
                                plan.settings().fit().batch(), steps)
                        .withDither(plan.dither());
                students.add(Executor.plan(
                        backend,
                        start.graph(),
                        store,
                        objective.usesRateGradients() ? options.withRateGradients() : options));
            }
            context.listener().note(students.get(students.size() - 1).forecast().describe());
            return new TrainingLoop(context, plan.settings())
                    .run(
                            students,
                            objective,
                            validation,
                            context.checkpoint(plan.settings().stage(), plan.fingerprint()));
        } finally {
            students.forEach(Executor::close);
        }
    }
}
