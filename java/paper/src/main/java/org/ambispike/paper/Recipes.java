package org.ambispike.paper;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.ambispike.common.InputException;
import org.ambispike.data.Published;

/** The named recipes, for each network that can be trained from random weights. */
public final class Recipes {
    public static final String PAPER = "paper";
    public static final String AMBISPIKE = "ambispike";
    /** Another name of {@link #PAPER}. */
    public static final String PROPOSED = "proposed";

    private static final Map<String, NetworkRecipes> NETWORKS = Map.of(
            Net4.NAME, new Net4Recipes(),
            Vgg16.NAME, new CifarRecipes(Vgg16::new, new CifarRecipes.Small(32, 6, 100), Vgg16.FULL_WIDTH, 0.3),
            ResNet18.NAME, new CifarRecipes(ResNet18::new, new CifarRecipes.Small(24, 6, 80), ResNet18.FULL_WIDTH, 0));

    private Recipes() {}

    /** The methods as typed; {@code proposed} is what tables call {@code paper}. */
    public static List<String> names() {
        List<String> names = new ArrayList<>(List.of(PAPER, AMBISPIKE, PROPOSED));
        names.addAll(ComparedMethods.NAMES);
        return List.copyOf(names);
    }

    /** The networks that there are recipes for. */
    public static List<String> networks() {
        return NETWORKS.keySet().stream().sorted().toList();
    }

    /** Whether there are recipes for a network of this name; one that was imported has none of its own. */
    public static boolean areFor(String network) {
        return NETWORKS.containsKey(network);
    }

    /** The images that a network is trained on where none are named. */
    public static Published images(String network) {
        return of(network).images();
    }

    /** The profile that is followed where none is asked for. */
    public static Profile firstProfile(String network) {
        return of(network).profiles().get(0);
    }

    /**
     * The settings of a run.
     *
     * @throws InputException naming the choices, if there is no such network, recipe, or profile of it
     */
    public static Plan plan(String network, String name, Profile profile) {
        NetworkRecipes recipes = of(network);
        if (!names().contains(name)) {
            throw new InputException("unknown recipe '" + name + "'; choose one of " + String.join(", ", names()));
        }
        if (!recipes.profiles().contains(profile)) {
            throw new InputException(network + " has no profile '" + profile.label() + "'; choose one of "
                    + recipes.profiles().stream().map(Profile::label).collect(Collectors.joining(", ")));
        }
        return new Plan(recipes.network(profile), profile, recipe(recipes, name, profile));
    }

    /** The compared methods change what differs in the paper's, so that all else is equal. */
    private static Recipe recipe(NetworkRecipes recipes, String name, Profile profile) {
        if (ComparedMethods.NAMES.contains(name)) {
            return ComparedMethods.of(name, recipes.recipe(PAPER, profile));
        }
        return recipes.recipe(name.equals(PROPOSED) ? PAPER : name, profile);
    }

    static NetworkRecipes of(String network) {
        NetworkRecipes recipes = NETWORKS.get(network);
        if (recipes == null) {
            throw new InputException(
                    "there are no recipes for '" + network + "'; there are for " + String.join(", ", networks()));
        }
        return recipes;
    }
}
