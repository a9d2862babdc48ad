package org.ambispike;

import java.util.LinkedHashMap;
import java.util.Map;
import org.ambispike.backend.Backend;
import org.ambispike.convert.Converter;
import org.ambispike.data.Dataset;
import org.ambispike.graph.Op;
import org.ambispike.io.ModelInfo;
import org.ambispike.io.SavedModel;
import org.ambispike.model.Net4;
import org.ambispike.neuron.NeuronVariant;
import org.ambispike.progress.Cancellation;
import org.ambispike.progress.ProgressListener;
import org.ambispike.recipe.Profile;
import org.ambispike.recipe.Recipes;
import org.ambispike.recipe.Stages;

/**
 * Turns a trained Leaky-ReLU network into a spiking one, as {@code ambispike convert} does. A builder for one
 * thread.
 */
public final class Conversion {
    private final SavedModel ann;
    private NeuronVariant neuron = NeuronVariant.PAIR;
    private double quantile = 0.999;

    private Conversion(SavedModel ann) {
        this.ann = ann;
    }

    /** The pair neuron; where the network has no thresholds yet, at the 99.9% quantile of the activations. */
    public static Conversion of(SavedModel ann) {
        return new Conversion(ann);
    }

    /** Another kind of neuron. */
    public Conversion neuron(NeuronVariant variant) {
        this.neuron = variant;
        return this;
    }

    /** Where thresholds start: the quantile of the activations of either polarity, in (0, 1]; 1 for the largest. */
    public Conversion quantile(double fraction) {
        if (!(fraction > 0 && fraction <= 1)) {
            throw new IllegalArgumentException("a quantile is in (0, 1], got " + fraction);
        }
        this.quantile = fraction;
        return this;
    }

    /**
     * Converts a network that has thresholds; a pure function.
     *
     * @throws org.ambispike.error.InputException naming the node, if one has no thresholds or cannot be converted exactly
     */
    public SpikingModel run() {
        Converter.Conversion converted = Converter.convert(ann.graph(), ann.weights(), neuron);
        ModelInfo info = ann.info();
        Map<String, String> provenance = new LinkedHashMap<>(info.provenance());
        provenance.put("neuron", neuron.label());
        provenance.put("commit", Version.current().commit());
        return SpikingModel.of(new SavedModel(
                converted.graph(),
                converted.weights(),
                new ModelInfo(
                        info.network(),
                        info.dataset(),
                        info.normalisation(),
                        info.classNames(),
                        info.calibratedFor(),
                        provenance)));
    }

    /**
     * Converts a network; activations without thresholds get them first, measured on images.
     *
     * @param images to measure on, at most the first 2,000
     * @throws IllegalArgumentException if the images do not fit the network
     * @throws org.ambispike.error.InputException naming the node, if one cannot be converted exactly
     */
    public SpikingModel run(Backend backend, Dataset images) {
        boolean unclipped = ann.graph().neurons().stream()
                .anyMatch(node -> node.op() instanceof Op.Activation each && each.kind() == Op.ActivationKind.LEAKY);
        if (!unclipped) {
            return run();
        }
        ImageFit.require(ann, images);
        Stages stages = new Stages(
                new StageWork(backend, images, images, 0, ProgressListener.silent(), new Cancellation()).context(),
                Recipes.plan(Net4.NAME, Recipes.AMBISPIKE, Profile.QUICK).recipe());
        return of(stages.withThresholds(ann, quantile)).neuron(neuron).run();
    }
}
