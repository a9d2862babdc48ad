package org.ambispike.paper;

import java.util.List;
import java.util.Map;
import org.ambispike.AnnModel;
import org.ambispike.Calibration;
import org.ambispike.SpikingModel;
import org.ambispike.Training;
import org.ambispike.common.InputException;
import org.ambispike.data.Dataset;
import org.ambispike.graph.Graph;
import org.ambispike.graph.NeuronModel;
import org.ambispike.graph.NeuronVariant;
import org.ambispike.io.ModelInfo;
import org.ambispike.io.SavedModel;
import org.ambispike.train.TrainingContext;
import org.ambispike.train.VariancePenalty;

/** The stages of a recipe, each a verb on a model with the recipe's settings. Used by one thread. */
public final class Stages {
    private static final String RECIPE = "recipe";

    private final TrainingContext context;
    private final Recipe recipe;

    public Stages(TrainingContext context, Recipe recipe) {
        this.context = context;
        this.recipe = recipe;
    }

    /**
     * Trains a Leaky-ReLU network from random weights.
     *
     * @throws InputException if the images do not fit to it
     */
    public AnnModel train(Architecture network) {
        Graph graph = network.graph(recipe.alpha(), recipe.dropout());
        Dataset images = context.images().training();
        if (!images.imageShape().equals(graph.inputShape()) || images.classes() > graph.classes()) {
            throw new InputException(
                    network.name() + " takes images " + graph.inputShape() + " of at most " + graph.classes()
                            + " classes, but those of " + images.name() + " are " + images.imageShape() + " of "
                            + images.classes() + "; train a network for them elsewhere and import it");
        }
        ModelInfo info =
                new ModelInfo(network.name(), images.name(), images.normalisation(), List.of(), List.of(), Map.of());
        AnnModel random = AnnModel.of(new SavedModel(graph, network.initial(graph, context.seed()), info));
        Recipe.Ann ann = recipe.ann();
        AnnModel start = ann.threshold().map(random::withThresholds).orElse(random);
        return byRecipe(start.train(
                context, Training.builder(ann.fit()).smoothing(ann.smoothing()).build()));
    }

    private AnnModel byRecipe(AnnModel ann) {
        return ann.withProvenance(RECIPE, recipe.name());
    }

    /** Fine-tunes with the variance penalty, if the recipe has one. */
    public AnnModel penalise(AnnModel ann) {
        return recipe.penalty()
                .map(penalty -> byRecipe(ann.train(
                        context,
                        Training.builder(penalty.fit())
                                .stage("penalty")
                                .smoothing(recipe.ann().smoothing())
                                .penalty(new VariancePenalty(penalty.grouping(), penalty.weight()))
                                .build())))
                .orElse(ann);
    }

    /** Gives the activations thresholds, at their largest value or a quantile. */
    public AnnModel withThresholds(AnnModel ann, double quantile) {
        return ann.withThresholds(context, quantile, recipe.clip().perChannel());
    }

    /**
     * Gives the activations thresholds and, if the recipe does so, trains them. Batch normalisation is folded first, but not
     * where the recipe quantises: it is trained on with quantised activations, and folded after that.
     */
    public AnnModel clip(AnnModel normalised) {
        AnnModel ann = recipe.quantise().isPresent() ? normalised : normalised.foldBatchNorm();
        if (recipe.ann().threshold().isPresent()) {
            return ann; // it was trained with thresholds
        }
        AnnModel start = withThresholds(ann, recipe.clip().quantile());
        return byRecipe(recipe.clip()
                .fit()
                .map(fit -> start.train(
                        context,
                        Training.builder(fit)
                                .stage("clip")
                                .smoothing(recipe.ann().smoothing())
                                .build()))
                .orElse(start));
    }

    /** Trains on with quantised activations, if the recipe does so, and folds batch normalisation. */
    public AnnModel quantise(AnnModel clipped, AnnModel teacher) {
        return recipe.quantise()
                .map(settings -> byRecipe(clipped.quantise(context, teacher, settings.quantisation())))
                .orElse(clipped);
    }

    /** Converts an ANN that has thresholds. */
    public SpikingModel convert(AnnModel ann, NeuronVariant neuron) {
        return ann.convert(neuron, recipe.start(), context.listener()::note);
    }

    /**
     * Calibrates for one T or, where all layers are calibrated jointly, for several that take turns.
     *
     * @param timeSteps ascending
     * @throws InputException if the recipe does not calibrate, or calibrates layer by layer and several T are asked for
     */
    public SpikingModel calibrate(SpikingModel snn, AnnModel teacher, List<Integer> timeSteps) {
        Recipe.Calibration settings = recipe.calibration();
        if (settings.method() == Recipe.Method.NONE) {
            throw new InputException("the recipe " + recipe.name() + " does not calibrate; choose another --recipe");
        }
        boolean layerwise = settings.method() == Recipe.Method.LAYERWISE;
        if (layerwise && timeSteps.size() != 1) {
            throw new InputException("layers are calibrated one after another for one T; got " + timeSteps);
        }
        int longest = timeSteps.get(timeSteps.size() - 1);
        Calibration.Builder calibration = Calibration.builder(
                        timeSteps.stream().mapToInt(Integer::intValue).toArray())
                .fit(settings.fitFor(longest))
                .target(settings.target())
                .layerwise(layerwise);
        if (longest > 1 && longest <= NeuronModel.MAX_GAINS) {
            settings.stepGains().ifPresent(calibration::stepGains);
        } else if (settings.stepGains().isPresent()) {
            context.listener()
                    .note("T = " + longest + ": without gains by step, which are for T of 2 to "
                            + NeuronModel.MAX_GAINS);
        }
        return snn.calibrate(context, teacher, calibration.build()).withProvenance(RECIPE, recipe.name());
    }
}
