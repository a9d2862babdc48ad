package org.ambispike.paper;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import org.ambispike.AnnModel;
import org.ambispike.SpikingModel;
import org.ambispike.common.Version;
import org.ambispike.data.Dataset;
import org.ambispike.graph.NeuronModel;
import org.ambispike.graph.Node;
import org.ambispike.run.EnergyEstimate;
import org.ambispike.run.StepCurve;
import org.ambispike.run.SynapticOperations;

/**
 * The main job: from images to calibrated spiking networks and everything that is measured of them. Leaves in its
 * folder {@code model.safetensors} (the ANN), {@code optimized.safetensors} (the ANN that is converted),
 * {@code snn.safetensors} and {@code snn-T{T}.safetensors}.
 */
public final class Reproduction {
    /** The numbers of time steps that networks are calibrated for. */
    public static final List<Integer> CALIBRATED = List.of(1, 2, 4, 8);
    /** The T at which layers are looked at. */
    static final int LAYERS_AT = 4;
    /** That are measured: as first trained, and as converted. */
    private static final int ANNS = 2;

    /**
     * What to run.
     *
     * @param folder of the run
     * @param resume whether to continue a run that lies there
     * @param ablations whether to compare settings too
     * @param threads of the CPU backend, for the summary
     * @param command that was typed
     */
    public record Request(Path folder, Plan plan, boolean resume, boolean ablations, int threads, String command) {}

    private final Request request;
    private final RunContext context;
    private final Recipe recipe;
    private final StageFiles files;
    private final Stages stages;
    private final Measurements measurements;

    /**
     * Prepares a run.
     *
     * @param everything whose checkpoints are those of the run's folder; see {@link #checkpointFolder}
     * @throws org.ambispike.common.InputException if another run is to be resumed
     */
    public Reproduction(Request request, RunContext everything) {
        this.request = request;
        this.context = request.plan().applyTo(everything);
        this.recipe = request.plan().recipe();
        this.files = new StageFiles(request.folder(), fingerprint(request, context), request.resume());
        this.stages = new Stages(context.training(), recipe);
        this.measurements = new Measurements(context);
    }

    private static String fingerprint(Request request, RunContext context) {
        List<String> parts = new ArrayList<>();
        parts.add("recipe " + RecipeJson.hash(request.plan().recipe()));
        request.plan().network().settings().forEach((name, value) -> parts.add(name + " " + value));
        parts.add("seed " + context.seed());
        parts.add(context.backend().name());
        parts.add(context.backend().precision().toString());
        parts.add("threads " + request.threads());
        Dataset images = context.training().images().training();
        parts.add(images.size() + " images " + Long.toHexString(images.checksum()));
        return String.join(" ", parts);
    }

    /** Where a run keeps its checkpoints. */
    public static Path checkpointFolder(Path run) {
        return run.resolve("checkpoints");
    }

    /** Runs all stages that are not done yet, then measures. */
    public RunSummary run() {
        Pipeline.Models models = new Pipeline(files, stages, recipe)
                .run(() -> stages.train(request.plan().network()), CALIBRATED);
        AnnModel ann = models.ann();
        AnnModel optimized = models.optimized();
        SpikingModel snn = models.snn();
        Map<Integer, SpikingModel> calibrated = models.calibrated();
        Evaluated evaluated = files.timed("evaluate", () -> evaluate(ann, optimized, snn, calibrated));
        MeasuredAccuracy accuracy = new MeasuredAccuracy(context.test());
        files.replace(ModelNames.ANN, accuracy.addTo(ann, evaluated.annAccuracy()));
        files.replace(ModelNames.OPTIMIZED, accuracy.addTo(optimized, evaluated.optimizedAccuracy()));
        files.replace(ModelNames.SPIKING, accuracy.addTo(snn, evaluated.rows(0)));
        calibrated.forEach((steps, model) ->
                files.replace(ModelNames.calibrated(List.of(steps)), accuracy.addTo(model, evaluated.rows(steps))));
        List<Ablation> ablations = request.ablations()
                ? files.timed("ablations", () -> new Ablations(
                                context,
                                request.plan(),
                                measurements,
                                files,
                                new Ablations.Start(ann, optimized, snn, models.teacher(), evaluated.timeSteps()))
                        .run())
                : List.of();
        return summary(evaluated, ablations);
    }

    /**
     * What is asked of a run that is compared with others.
     *
     * @param calibrated the T to calibrate for, ascending, if the recipe calibrates
     * @param longest the most steps that a network which is not calibrated is followed for
     * @param trained file of the ANN, of the same settings, seed and images, if another run has trained it
     */
    public record Comparison(List<Integer> calibrated, int longest, Optional<Path> trained) {}

    /** Whether this goes on with a run that lies in the folder. */
    public boolean isResumed() {
        return files.isResumed();
    }

    /** Runs all stages that are not done yet, then measures accuracies and thresholds alone. */
    public RunSummary compare(Comparison comparison) {
        Pipeline.Models models = new Pipeline(files, stages, recipe)
                .run(
                        () -> comparison
                                .trained()
                                .map(AnnModel::load)
                                .orElseGet(() -> stages.train(request.plan().network())),
                        comparison.calibrated());
        Evaluated evaluated = files.timed("evaluate", () -> compared(models, comparison.longest()));
        return summary(evaluated, List.of());
    }

    private Evaluated compared(Pipeline.Models models, int longest) {
        boolean trained = recipe.clip().fit().isPresent();
        AccuracyCurves curves = new AccuracyCurves(measurements, models, longest);
        measurements.begin("evaluate", ANNS + curves.timeSteps() + (trained ? 2 * LAYERS_AT : 0));
        double annAccuracy = measurements.accuracy(models.ann());
        double optimizedAccuracy = measurements.accuracy(models.optimized());
        measurements.says(measured("ANN", annAccuracy));
        List<TimeStepResult> rows = curves.measure();
        Evaluated evaluated = new Evaluated(
                annAccuracy,
                optimizedAccuracy,
                rows,
                List.of(),
                trained ? measurements.histograms(models.ann(), models.optimized()) : List.of(),
                trained ? activity(models.ann(), models.snn(), measurements.curve(models.snn(), LAYERS_AT)) : List.of(),
                List.of());
        context.listener().stageDone("measured on " + context.test().portion());
        return evaluated;
    }

    /** All figures of the run but those of the ablations. */
    private record Evaluated(
            double annAccuracy,
            double optimizedAccuracy,
            List<TimeStepResult> timeSteps,
            List<LayerResult> layers,
            List<ActivationHistogram> histograms,
            List<LayerActivity> activity,
            List<EnergyEstimate> energy) {
        List<TimeStepResult> rows(int calibratedFor) {
            return timeSteps.stream()
                    .filter(row -> row.calibratedFor() == calibratedFor)
                    .toList();
        }
    }

    private Evaluated evaluate(
            AnnModel ann, AnnModel optimized, SpikingModel snn, Map<Integer, SpikingModel> calibrated) {
        Scope scope = request.plan().scope();
        List<Integer> reported = scope.reported();
        long followedSteps = calibrated.keySet().stream()
                .mapToLong(steps -> Measurements.largest(scope.reported(steps)))
                .sum();
        measurements.begin("evaluate", ANNS + Measurements.largest(reported) + followedSteps + LAYERS_AT);
        double annAccuracy = measurements.accuracy(ann);
        double optimizedAccuracy = measurements.accuracy(optimized);
        measurements.says(measured("ANN", annAccuracy));
        SynapticOperations operations = new SynapticOperations(snn.saved().graph());
        StepCurve uncalibrated = measurements.curve(snn, Measurements.largest(reported));
        List<TimeStepResult> rows = new ArrayList<>(measurements.rows(snn, uncalibrated, reported, 0));
        List<EnergyEstimate> energy = new ArrayList<>();
        List<LayerResult> layers =
                calibrated.isEmpty() ? measurements.layers(ann, snn, uncalibrated, LAYERS_AT) : List.of();
        for (Map.Entry<Integer, SpikingModel> entry : calibrated.entrySet()) {
            int steps = entry.getKey();
            List<Integer> followed = scope.reported(steps);
            StepCurve curve = measurements.curve(entry.getValue(), Measurements.largest(followed));
            rows.addAll(measurements.rows(entry.getValue(), curve, followed, steps));
            energy.add(operations.estimate(curve, steps, steps));
            if (steps == LAYERS_AT) {
                layers = measurements.layers(ann, entry.getValue(), curve, steps);
            }
            measurements.says(measured("T = " + steps + ":", curve.accuracyAt(steps)));
        }
        reported.forEach(steps -> energy.add(operations.estimate(uncalibrated, steps, 0)));
        List<LayerActivity> activity = activity(ann, snn, uncalibrated);
        Evaluated evaluated = new Evaluated(
                annAccuracy,
                optimizedAccuracy,
                rows,
                layers,
                measurements.histograms(ann, optimized),
                activity,
                energy);
        context.listener().stageDone("measured on " + context.test().portion());
        return evaluated;
    }

    private String measured(String what, double accuracy) {
        return String.format(
                Locale.ROOT,
                "%s %.2f%% (%s)",
                what,
                100 * accuracy,
                context.test().portion());
    }

    /** Rates with the trained thresholds, and with the largest activations of the ANN as thresholds. */
    private List<LayerActivity> activity(AnnModel ann, SpikingModel snn, StepCurve with) {
        SpikingModel plain = stages.convert(stages.withThresholds(ann, 1), recipe.neuron());
        StepCurve without = measurements.curve(plain, LAYERS_AT);
        Function<Node, LayerActivity> row = neuron -> new LayerActivity(
                neuron.name(),
                Measurements.rate(snn, neuron, with, 0, LAYERS_AT),
                Measurements.rate(snn, neuron, with, 1, LAYERS_AT),
                Measurements.rate(plain, neuron, without, 0, LAYERS_AT),
                Measurements.rate(plain, neuron, without, 1, LAYERS_AT));
        return snn.saved().graph().neurons().stream().map(row).toList();
    }

    private RunSummary summary(Evaluated evaluated, List<Ablation> ablations) {
        Map<String, String> settings =
                new LinkedHashMap<>(request.plan().network().settings());
        settings.put(RunSummary.TEST_IMAGES, context.test().portion());
        settings.put("neuron", recipe.neuron().label());
        settings.put(
                "layer weighting", recipe.calibration().target().weighting().label());
        settings.put(
                "layer loss",
                recipe.calibration()
                        .target()
                        .loss()
                        .rates()
                        .map(kind -> kind.name().toLowerCase(Locale.ROOT))
                        .orElse("logits only"));
        settings.put("ANN epochs", Integer.toString(recipe.ann().fit().epochs()));
        settings.put(
                "calibration epochs",
                Integer.toString(recipe.calibration().fit().epochs()));
        recipe.calibration()
                .stepGains()
                .ifPresent(spread -> settings.put(
                        "gains by step",
                        "networks calibrated for T = 2 to " + NeuronModel.MAX_GAINS + ", from 1 + " + spread
                                + "; thresholds are tables of T values, and layers scale their sums once a step"));
        settings.put("thresholds", recipe.clip().perChannel() ? "per channel" : "per layer");
        return new RunSummary(
                request.plan().network().name(),
                context.test().name(),
                recipe.name(),
                request.plan().profile().label(),
                context.backend().name(),
                context.backend().precision().name().toLowerCase(Locale.ROOT),
                context.seed(),
                request.threads(),
                Version.current().commit(),
                context.test().size(),
                evaluated.annAccuracy(),
                evaluated.optimizedAccuracy(),
                evaluated.timeSteps(),
                evaluated.layers(),
                evaluated.histograms(),
                evaluated.activity(),
                evaluated.energy(),
                ablations,
                files.wallSeconds(),
                settings,
                request.command());
    }
}
