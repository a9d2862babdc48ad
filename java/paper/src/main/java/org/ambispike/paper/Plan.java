package org.ambispike.paper;

import java.util.function.UnaryOperator;
import org.ambispike.train.Fit;

/**
 * What is run: a network and a recipe for it.
 *
 * @param profile that both were taken from
 */
public record Plan(Architecture network, Profile profile, Recipe recipe) {
    /** How much of the images is taken, and what is reported. */
    public Scope scope() {
        return Recipes.of(network.name()).profiles().get(profile).scope();
    }

    /** The same device and settings with as many images as the plan takes. */
    public RunContext applyTo(RunContext context) {
        return scope().applyTo(context);
    }

    public Plan with(UnaryOperator<Recipe> change) {
        return new Plan(network, profile, change.apply(recipe));
    }

    /**
     * The same with another number of epochs of the ANN: at the peak rate that these want where the network's own training is followed, else
     * at the recipe's.
     */
    public Plan withAnnEpochs(int epochs) {
        NetworkRecipes own = Recipes.of(network.name());
        Fit now = recipe.ann().fit();
        Fit fit = own.ann(now.epochs()).fit().optimizer().equals(now.optimizer())
                ? own.ann(epochs).fit().withBatch(now.batch()).with(now.augmentation())
                : now.withEpochs(epochs);
        return with(other -> other.with(other.ann().with(fit)));
    }
}
