package org.ambispike.cli;

import org.ambispike.recipe.Profile;
import org.ambispike.recipe.Recipe;
import org.ambispike.recipe.Recipes;
import picocli.CommandLine.Option;

/** Which recipe is followed, and for how long. */
final class RecipeOptions {
    /** The recipes that {@link Recipes} has. */
    enum Name {
        PAPER,
        AMBISPIKE
    }

    @Option(
            names = "--recipe",
            paramLabel = "paper|ambispike",
            defaultValue = "ambispike",
            description = "paper: penalty, clipping and calibration as published; ambispike: what measured best. "
                    + "Default: ${DEFAULT-VALUE}.")
    private Name name;

    @Option(
            names = "--profile",
            paramLabel = "quick|full",
            defaultValue = "quick",
            description = "quick takes minutes, full an hour or more; they differ in epochs alone. "
                    + "Default: ${DEFAULT-VALUE}.")
    private Profile profile;

    Profile profile() {
        return profile;
    }

    Recipe recipe() {
        return Recipes.of(Choice.label(name), profile);
    }
}
