package org.ambispike.paper;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.ambispike.common.InputException;
import org.ambispike.data.Published;
import org.ambispike.io.StrictJson;

/** The named recipes, for each network that can be trained from random weights. */
public final class Recipes {
    public static final String PAPER = "paper";
    public static final String AMBISPIKE = "ambispike";
    /** Another name of {@link #PAPER}. */
    public static final String PROPOSED = "proposed";

    /** What compared methods change in the paper's recipe, so that all else is equal; docs/methods.md has their sources. */
    private static final Map<String, Object> METHODS = RecipeJson.resource("methods");

    /** The networks, by the width that a profile says; a file of its name has a network's recipes. */
    private static final Map<String, Function<Optional<Integer>, Architecture>> ARCHITECTURES = Map.of(
            Net4.NAME, width -> new Net4(),
            Vgg16.NAME, width -> new Vgg16(width.orElse(Vgg16.FULL_WIDTH)),
            ResNet18.NAME, width -> new ResNet18(width.orElse(ResNet18.FULL_WIDTH)));

    private static final Map<String, NetworkRecipes> NETWORKS =
            ARCHITECTURES.keySet().stream().collect(Collectors.toUnmodifiableMap(Function.identity(), Recipes::file));

    private Recipes() {}

    private static NetworkRecipes file(String network) {
        return StrictJson.read(StrictJson.write(RecipeJson.resource(network)), NetworkRecipes.class);
    }

    /** The methods as typed; {@code proposed} is what tables call {@code paper}. */
    public static List<String> names() {
        List<String> names = new ArrayList<>(List.of(PAPER, AMBISPIKE, PROPOSED));
        names.addAll(METHODS.keySet());
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
        return of(network).profiles().keySet().iterator().next();
    }

    /**
     * The settings of a run.
     *
     * @throws InputException naming the choices, if there is no such network, recipe, or profile of it
     */
    public static Plan plan(String network, String name, Profile profile) {
        return plan(network, profile, recipes -> RecipeJson.recipe(tree(recipes, name, profile)));
    }

    /**
     * The settings of a run by a recipe of one's own: a complete one, or one that extends another.
     *
     * @throws InputException naming the file, the field and its range, or the choices, if something of these is not valid
     */
    public static Plan plan(String network, Path file, Profile profile) {
        return plan(network, profile, recipes -> RecipeJson.read(file, name -> tree(recipes, name, profile)));
    }

    private static Plan plan(String network, Profile profile, Function<NetworkRecipes, Recipe> recipe) {
        NetworkRecipes recipes = of(network);
        NetworkRecipes.ProfileRecipes chosen = recipes.profiles().get(profile);
        if (chosen == null) {
            throw new InputException(network + " has no profile '" + profile.label() + "'; choose one of "
                    + recipes.profiles().keySet().stream().map(Profile::label).collect(Collectors.joining(", ")));
        }
        return new Plan(ARCHITECTURES.get(network).apply(chosen.width()), profile, recipe.apply(recipes));
    }

    private static Map<String, Object> tree(NetworkRecipes recipes, String name, Profile profile) {
        if (!names().contains(name)) {
            throw new InputException("unknown recipe '" + name + "'; choose one of " + String.join(", ", names())
                    + ", or a file that ends with .json");
        }
        if (METHODS.containsKey(name)) {
            Map<String, Object> method = RecipeJson.object(METHODS.get(name));
            return RecipeJson.merged(tree(recipes, (String) method.get(RecipeJson.EXTENDS), profile), method);
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
