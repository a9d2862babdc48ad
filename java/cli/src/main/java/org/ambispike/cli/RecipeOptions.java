package org.ambispike.cli;

import java.nio.file.Path;
import java.util.Optional;
import org.ambispike.Model;
import org.ambispike.data.Augmentation;
import org.ambispike.graph.NeuronVariant;
import org.ambispike.paper.Net4;
import org.ambispike.paper.Plan;
import org.ambispike.paper.Profile;
import org.ambispike.paper.Recipe;
import org.ambispike.paper.Recipes;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** Which recipe is followed, and for how long. */
final class RecipeOptions {
    private static final String FILE = ".json";

    /** How training images may be changed. */
    enum Changes {
        FLIP(Augmentation.shiftAndFlip(2, true)),
        SHIFT(Augmentation.shiftAndFlip(2, false)),
        NONE(Augmentation.none());

        private final Augmentation augmentation;

        Changes(Augmentation augmentation) {
            this.augmentation = augmentation;
        }
    }

    @Spec(Spec.Target.MIXEE)
    private CommandSpec spec;

    @Option(
            names = "--recipe",
            paramLabel = "NAME|FILE",
            defaultValue = Recipes.AMBISPIKE,
            description = "ambispike: what measured best; paper, or proposed: penalty, clipping and calibration as "
                    + "published; two-stage, augmapping, strelu, relu-max, relu-percentile: what it is compared with; "
                    + "or a file of your own, whose name ends with .json. Default: ${DEFAULT-VALUE}.")
    private String name;

    @Option(
            names = "--profile",
            paramLabel = "smoke|quick|small|full",
            description =
                    "Of net4: quick, minutes, or full, an hour or more, which differ in epochs alone. Of vgg16 and "
                            + "resnet18: smoke, minutes with few channels and images; small, an hour with few channels; full, "
                            + "for a GPU. Default: the first.")
    private Optional<Profile> profile;

    @Option(names = "--batch", paramLabel = "N", description = "Images a training step. Default: the recipe's.")
    private Optional<Integer> batch;

    @Option(
            names = "--augmentation",
            paramLabel = "flip|shift|none",
            description = "Of training images. flip: shifted by up to 2 pixels and mirrored; shift: not mirrored, as "
                    + "digits and letters must be; none. Default: the recipe's, flip.")
    private Optional<Changes> augmentation;

    /**
     * The recipe for a network that is trained from random weights.
     *
     * @param network that there are recipes for
     * @throws ParameterException if the batch is below 1
     * @throws org.ambispike.common.InputException if there is no such recipe or profile, or a recipe's file is not valid
     */
    Plan plan(String network) {
        Plan plan = name.endsWith(FILE)
                ? Recipes.plan(network, Path.of(name), profile(network))
                : Recipes.plan(network, name, profile(network));
        Optional<Integer> images = Values.positive(spec, "--batch", batch);
        return plan.with(recipe -> {
            Recipe batched = images.map(recipe::withBatch).orElse(recipe);
            return augmentation.map(chosen -> batched.with(chosen.augmentation)).orElse(batched);
        });
    }

    /** The profile that was asked for, else the network's first. */
    Profile profile(String network) {
        return profile.orElseGet(() -> Recipes.firstProfile(network));
    }

    /** The recipe for a model; for an imported one, which has none of its own, that of Net4, by default with memory neurons. */
    Plan plan(Model model) {
        String network = model.network();
        if (Recipes.areFor(network)) {
            return plan(network);
        }
        Plan plan = plan(Net4.NAME);
        return name.equals(Recipes.AMBISPIKE) ? plan.with(recipe -> recipe.with(NeuronVariant.MEMORY)) : plan;
    }
}
