package org.ambispike.paper;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.ambispike.common.InputException;
import org.ambispike.common.Require;
import org.ambispike.data.Published;
import org.ambispike.io.StrictJson;

/**
 * What a network's file of recipes says. What recipes have in common is written once: a recipe of a profile is the network's recipe, with
 * what the profile changes in all of them, and then in this one.
 *
 * @param images that are meant where none are named
 * @param ann how the ANN is trained, by how many epochs it has; the first that is for as many counts
 * @param profiles in order, the one to begin with first
 * @param recipes by name, all but their ANNs
 */
record NetworkRecipes(
        Published images,
        List<AnnTraining> ann,
        Map<Profile, ProfileRecipes> profiles,
        Map<String, Map<String, Object>> recipes) {
    NetworkRecipes {
        ann = List.copyOf(ann);
    }

    /**
     * Training of an ANN.
     *
     * @param leastEpochs that it is for
     * @param fullEpochs at which learning rates are as written; fewer epochs take higher ones, up to twice as high: what they lack
     *     in steps they gain in length of steps. 0 where rates do not depend on epochs
     */
    record AnnTraining(int leastEpochs, int fullEpochs, Recipe.Ann settings) {
        AnnTraining {
            Require.atLeast("leastEpochs", leastEpochs, 1);
            Require.atLeast("fullEpochs", fullEpochs, 0);
        }

        private Recipe.Ann of(int epochs) {
            double factor = fullEpochs == 0 ? 1 : Math.max(1, Math.min(2, Math.sqrt((double) fullEpochs / epochs)));
            return settings.with(settings.fit()
                    .withEpochs(epochs)
                    .with(settings.fit().optimizer().scaled(factor)));
        }
    }

    /**
     * What a profile makes of the recipes.
     *
     * @param width channels of the first layer, of networks that have it
     * @param annEpochs of every recipe's ANN
     * @param all what it changes in all recipes
     * @param recipes what it changes in each
     */
    record ProfileRecipes(
            Optional<Integer> width,
            Scope scope,
            int annEpochs,
            Map<String, Object> all,
            Map<String, Map<String, Object>> recipes) {
        ProfileRecipes {
            Require.atLeast("annEpochs", annEpochs, 1);
        }
    }

    /** Returns training of the ANN for so many epochs, at the peak rate that these want. */
    Recipe.Ann ann(int epochs) {
        return ann.stream()
                .filter(training -> epochs >= training.leastEpochs)
                .findFirst()
                .orElseThrow(() -> new InputException("an ANN needs at least one epoch, got " + epochs))
                .of(epochs);
    }

    /** Returns a recipe of this file as JSON. */
    Map<String, Object> recipe(String name, Profile profile) {
        ProfileRecipes changes = profiles.get(profile);
        Map<String, Object> tree = new LinkedHashMap<>(recipes.get(name));
        tree.put("ann", StrictJson.readTree(StrictJson.write(ann(changes.annEpochs))));
        return RecipeJson.merged(RecipeJson.merged(tree, changes.all), changes.recipes.getOrDefault(name, Map.of()));
    }
}
