package org.ambispike.paper;

import java.util.List;
import org.ambispike.data.Published;

/** The recipes of one network. */
interface NetworkRecipes {
    /** The profiles that there are, the one to begin with first. */
    List<Profile> profiles();

    /** The images that are meant where none are named. */
    Published images();

    /** How much of them a profile takes. */
    Scope scope(Profile profile);

    /** The network as a profile builds it. */
    Architecture network(Profile profile);

    /** @param name {@link Recipes#PAPER} or {@link Recipes#AMBISPIKE} */
    Recipe recipe(String name, Profile profile);

    /** Training of the ANN for so many epochs, at the peak rate that these want. */
    Recipe.Ann ann(int epochs);
}
