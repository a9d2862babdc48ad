package org.ambispike.recipe;

import java.util.EnumSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.ambispike.backend.Backend;
import org.ambispike.backend.RateLoss;
import org.ambispike.calibrate.LayerwiseCalibrator;
import org.ambispike.calibrate.TeacherNetwork;
import org.ambispike.convert.Converter;
import org.ambispike.convert.Thresholds;
import org.ambispike.data.Dataset;
import org.ambispike.error.InputException;
import org.ambispike.evaluate.ActivationStatistics;
import org.ambispike.evaluate.Distribution;
import org.ambispike.exec.ParameterRole;
import org.ambispike.graph.BatchNormFolding;
import org.ambispike.graph.Graph;
import org.ambispike.graph.Weights;
import org.ambispike.io.ModelInfo;
import org.ambispike.io.SavedModel;
import org.ambispike.model.Architecture;
import org.ambispike.neuron.NeuronVariant;
import org.ambispike.train.LabelObjective;
import org.ambispike.train.Objective;
import org.ambispike.train.StageSettings;
import org.ambispike.train.VariancePenaltyObjective;

/** The stages of a recipe, each from models to a model. Used by the backend's thread. */
public final class Stages {
    private static final int STATISTICS_IMAGES = 2_000;

    private final RunContext context;
    private final Backend backend;
    private final Recipe recipe;
    private final Fitting fitting;

    public Stages(RunContext context, Recipe recipe) {
        this.context = context;
        this.backend = context.backend();
        this.recipe = recipe;
        this.fitting = new Fitting(context, recipe + " seed " + context.seed());
    }

    /**
     * Trains a Leaky-ReLU network from random weights.
     *
     * @throws InputException if the images do not fit to it
     */
    public SavedModel train(Architecture network) {
        Graph graph = network.graph(recipe.alpha(), recipe.dropout());
        Dataset images = context.training();
        if (!images.imageShape().equals(graph.inputShape()) || images.classes() > graph.classes()) {
            throw new InputException(
                    network.name() + " takes images " + graph.inputShape() + " of at most " + graph.classes()
                            + " classes, but those of " + images.name() + " are " + images.imageShape() + " of "
                            + images.classes() + "; train a network for them elsewhere and import it");
        }
        Recipe.Ann ann = recipe.ann();
        StageSettings settings = ann.fit().stage("train", context.seed());
        Thresholds.Network start = ann.threshold()
                .map(threshold -> clipped(graph, network.initial(graph, context.seed()), threshold))
                .orElseGet(() -> new Thresholds.Network(graph, network.initial(graph, context.seed())));
        Weights weights =
                fitting.fit(settings, start.graph(), start.weights(), new LabelObjective(backend, ann.smoothing()));
        return model(network.name(), start.graph(), weights, List.of(), Map.of());
    }

    /** Equal thresholds for all layers, before anything is known of their activations. */
    private static Thresholds.Network clipped(Graph graph, Weights weights, double threshold) {
        Map<String, Thresholds.Pair> thresholds = new LinkedHashMap<>();
        graph.neurons().forEach(node -> thresholds.put(node.name(), new Thresholds.Pair(threshold, threshold)));
        return Thresholds.clip(graph, weights, thresholds, false);
    }

    /** Fine-tunes with the variance penalty, if the recipe has one. */
    public SavedModel penalise(SavedModel ann) {
        if (recipe.penalty().isEmpty()) {
            return ann;
        }
        Recipe.Penalty penalty = recipe.penalty().get();
        StageSettings settings = penalty.fit().stage("penalty", context.seed());
        Objective objective = new VariancePenaltyObjective(
                backend, ann.graph(), recipe.ann().smoothing(), penalty.grouping(), penalty.weight());
        Weights weights = fitting.fit(settings, ann.graph(), ann.weights(), objective);
        return model(ann, ann.graph(), weights, List.of());
    }

    /** Gives the activations thresholds, at their largest value or a quantile. */
    public SavedModel withThresholds(SavedModel ann, double quantile) {
        Map<String, Distribution> distributions = ActivationStatistics.measure(
                backend,
                ann.graph(),
                ann.weights(),
                context.training()
                        .slice(0, Math.min(STATISTICS_IMAGES, context.training().size())));
        Map<String, Thresholds.Pair> thresholds = new LinkedHashMap<>();
        distributions.forEach((layer, distribution) -> thresholds.put(
                layer,
                new Thresholds.Pair(
                        quantile >= 1 ? distribution.largestPositive() : distribution.positiveQuantile(quantile),
                        quantile >= 1 ? distribution.largestNegative() : distribution.negativeQuantile(quantile))));
        Thresholds.Network network = Thresholds.clip(
                ann.graph(), ann.weights(), thresholds, recipe.clip().perChannel());
        return model(ann, network.graph(), network.weights(), List.of());
    }

    /** Batch normalisation in the filters, where they are in the spiking network. */
    private static SavedModel folded(SavedModel ann) {
        BatchNormFolding folded = BatchNormFolding.of(ann.graph(), ann.weights());
        return new SavedModel(folded.graph(), folded.weights(), ann.info());
    }

    /**
     * Gives the activations thresholds and, if the recipe does so, trains them. Batch normalisation is folded first, but not
     * where the recipe rounds: it is trained on with rounded activations, and folded after that.
     */
    public SavedModel clip(SavedModel normalised) {
        Recipe.Clip clip = recipe.clip();
        SavedModel ann = recipe.quantise().isPresent() ? normalised : folded(normalised);
        if (recipe.ann().threshold().isPresent()) {
            return ann; // it was trained with thresholds
        }
        SavedModel start = withThresholds(ann, clip.quantile());
        if (clip.fit().isEmpty()) {
            return start;
        }
        StageSettings settings = clip.fit().get().stage("clip", context.seed());
        Weights weights = fitting.fit(
                settings,
                start.graph(),
                start.weights(),
                new LabelObjective(backend, recipe.ann().smoothing()));
        return model(ann, start.graph(), weights, List.of());
    }

    /** Trains on with rounded activations, if the recipe does so, and folds batch normalisation. */
    public SavedModel quantise(SavedModel clipped, SavedModel teacher) {
        if (recipe.quantise().isEmpty()) {
            return clipped;
        }
        Recipe.Quantise quantise = recipe.quantise().get();
        Thresholds.Network start = Thresholds.quantise(clipped.graph(), clipped.weights(), quantise.levels());
        StageSettings settings = quantise.fit().stage("quantise", context.seed());
        Weights weights = fitting.round(settings, start, teacher, quantise.target(), quantise.dither());
        return folded(model(clipped, start.graph(), weights, List.of()));
    }

    /** Converts a clipped or rounded ANN. */
    public SavedModel convert(SavedModel ann, NeuronVariant variant) {
        Converter.Conversion conversion = Converter.convert(ann.graph(), ann.weights(), variant, recipe.start());
        conversion.notes().forEach(context.listener()::note);
        Map<String, String> provenance = new LinkedHashMap<>(ann.info().provenance());
        provenance.put("neuron", variant.label());
        return model(ann.info().network(), conversion.graph(), conversion.weights(), List.of(), provenance);
    }

    /**
     * Calibrates for one T or, where all layers are calibrated jointly, for several that take turns.
     *
     * @param timeSteps ascending
     * @throws InputException if the recipe does not calibrate, or calibrates layer by layer and several T are asked for
     */
    public SavedModel calibrate(SavedModel snn, SavedModel teacher, List<Integer> timeSteps) {
        Recipe.Calibration calibration = recipe.calibration();
        String stage = ModelNames.calibrationStage(timeSteps);
        int longest = timeSteps.get(timeSteps.size() - 1);
        StageSettings settings = calibration.fitFor(longest).stage(stage, context.seed());
        if (calibration.method() == Recipe.Method.NONE) {
            throw new InputException("the recipe " + recipe.name() + " does not calibrate; choose another --recipe");
        }
        if (calibration.method() == Recipe.Method.LAYERWISE) {
            return model(snn, snn.graph(), layerwise(settings, snn, teacher, timeSteps), timeSteps);
        }
        Weights weights = fitting.calibrate(settings, snn, teacher, calibration.target(), timeSteps);
        return model(snn, snn.graph(), weights, timeSteps);
    }

    /** Thresholds stay as they are, for training would untie the negative ones of imbalanced neurons. */
    private Weights layerwise(StageSettings stage, SavedModel snn, SavedModel teacher, List<Integer> timeSteps) {
        if (timeSteps.size() != 1) {
            throw new InputException("layers are calibrated one after another for one T; got " + timeSteps);
        }
        Recipe.Target target = recipe.calibration().target();
        StageSettings settings =
                stage.with(stage.optimizer().only(EnumSet.complementOf(EnumSet.of(ParameterRole.THRESHOLDS))));
        LayerwiseCalibrator calibrator = new LayerwiseCalibrator(
                backend,
                new TeacherNetwork(teacher.graph(), teacher.weights()),
                new LayerwiseCalibrator.Settings(settings, target.loss().rates().orElse(RateLoss.MSE), target.kappa()),
                new LayerwiseCalibrator.Surroundings(
                        context.listener(), context.cancellation(), context.metrics(), fitting::checkpoint));
        Weights weights = calibrator.calibrate(snn.graph(), snn.weights(), timeSteps.get(0), context.training());
        calibrator.stages(snn.graph()).forEach(context::forget);
        return weights;
    }

    /** A model that was made from another. */
    private SavedModel model(SavedModel origin, Graph graph, Weights weights, List<Integer> calibratedFor) {
        return model(
                origin.info().network(),
                graph,
                weights,
                calibratedFor,
                origin.info().provenance());
    }

    private SavedModel model(
            String network, Graph graph, Weights weights, List<Integer> calibratedFor, Map<String, String> inherited) {
        Map<String, String> provenance = MeasuredAccuracy.inherited(inherited);
        provenance.put("recipe", recipe.name());
        provenance.put("seed", Long.toString(context.seed()));
        provenance.put("commit", context.commit());
        Dataset data = context.training();
        boolean named = data.classes() == graph.classes();
        ModelInfo info = new ModelInfo(
                network,
                data.name(),
                data.normalisation(),
                named ? data.classNames() : List.of(),
                calibratedFor,
                provenance);
        return new SavedModel(graph, weights, info);
    }
}
