package org.ambispike.paper;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.Function;
import org.ambispike.common.InputException;
import org.ambispike.io.StrictJson;

/**
 * Recipes as JSON. A file may say {@code "extends": "NAME"}: it is then that recipe with what the file says in its place, field by field
 * (JSON Merge Patch, RFC 7396); null removes a field.
 */
public final class RecipeJson {
    static final String EXTENDS = "extends";

    private RecipeJson() {}

    /** Returns the canonical form, the same for equal recipes. */
    public static String canonical(Recipe recipe) {
        return StrictJson.write(recipe);
    }

    /** Returns the canonical form in lines. */
    public static String lines(Recipe recipe) {
        return StrictJson.writeLines(recipe);
    }

    /** Returns the SHA-256 of the canonical form, in hexadecimal digits: what a recipe is known by. */
    public static String hash(Recipe recipe) {
        try {
            byte[] text = canonical(recipe).getBytes(StandardCharsets.UTF_8);
            return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(text));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java has SHA-256", e);
        }
    }

    /**
     * Reads a file.
     *
     * @param known gives what a file may extend
     * @throws InputException naming the file, the field and what is wrong with it
     */
    static Recipe read(Path file, Function<String, Map<String, Object>> known) {
        try {
            Map<String, Object> tree = StrictJson.readTree(Files.readString(file));
            Object base = tree.get(EXTENDS);
            if (base != null && !(tree.get("name") instanceof String)) {
                throw new IllegalArgumentException("at name: a recipe that extends another needs a name of its own");
            }
            return recipe(base == null ? tree : merged(known.apply(base.toString()), tree));
        } catch (IllegalArgumentException e) {
            throw new InputException("the recipe " + file + " is not valid: " + e.getMessage(), e);
        } catch (IOException e) {
            throw new InputException("cannot read the recipe " + file + ": " + e.getMessage(), e);
        }
    }

    /** @throws IllegalArgumentException saying which field is missing, unknown or out of its range */
    static Recipe recipe(Map<String, Object> tree) {
        Map<String, Object> own = new LinkedHashMap<>(tree);
        own.remove(EXTENDS);
        return StrictJson.read(StrictJson.write(own), Recipe.class);
    }

    /** Returns an object with what another says in its place. */
    static Map<String, Object> merged(Map<String, Object> base, Map<String, Object> changes) {
        Map<String, Object> result = new LinkedHashMap<>(base);
        changes.forEach((name, value) -> {
            if (value == null) {
                result.remove(name);
            } else {
                Object old = result.get(name);
                result.put(
                        name,
                        value instanceof Map<?, ?>
                                ? merged(old instanceof Map<?, ?> ? object(old) : Map.of(), object(value))
                                : value);
            }
        });
        return result;
    }

    @SuppressWarnings("unchecked") // names of fields are strings
    static Map<String, Object> object(Object value) {
        return (Map<String, Object>) value;
    }

    /** A file of the program; one that extends another is merged with it. */
    static Map<String, Object> resource(String name) {
        String file = name + ".json";
        try (InputStream in = RecipeJson.class.getResourceAsStream(file)) {
            if (in == null) {
                throw new IllegalStateException(file + " is not in the jar; build it anew");
            }
            Map<String, Object> tree = StrictJson.readTree(new String(in.readAllBytes(), StandardCharsets.UTF_8));
            Object base = tree.remove(EXTENDS);
            return base == null ? tree : merged(resource(base.toString()), tree);
        } catch (IOException e) {
            throw new UncheckedIOException("cannot read " + file, e);
        }
    }
}
