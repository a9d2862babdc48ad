package org.ambispike.examples;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * The words after a command: files and folders, and options with a value each.
 *
 * @param places what is no option, in order
 * @param options values by name, the name with its dashes
 */
record Arguments(List<String> places, Map<String, String> options) {
    /** @throws IllegalArgumentException if an option is unknown or has no value, or the number of places is another */
    static Arguments parse(List<String> words, int places, Set<String> known) {
        List<String> found = new ArrayList<>();
        Map<String, String> options = new HashMap<>();
        for (int index = 0; index < words.size(); index++) {
            String word = words.get(index);
            if (!word.startsWith("--")) {
                found.add(word);
                continue;
            }
            if (!known.contains(word) || index + 1 == words.size()) {
                throw new IllegalArgumentException(
                        known.contains(word) ? word + " needs a value" : "there is no option " + word);
            }
            options.put(word, words.get(++index));
        }
        if (found.size() != places) {
            throw new IllegalArgumentException("expected " + places + " files or folders, got " + found);
        }
        return new Arguments(found, options);
    }

    String text(String option, String otherwise) {
        return options.getOrDefault(option, otherwise);
    }

    /** @throws IllegalArgumentException if it is no number above 0 */
    int number(String option, int otherwise) {
        return positive(option, text(option, Integer.toString(otherwise)));
    }

    /** @throws IllegalArgumentException if they are no numbers above 0 */
    List<Integer> numbers(String option, String otherwise) {
        return List.of(text(option, otherwise).split(",")).stream()
                .map(number -> positive(option, number))
                .sorted()
                .distinct()
                .toList();
    }

    private static int positive(String option, String text) {
        if (!text.matches("[1-9]\\d{0,8}")) {
            throw new IllegalArgumentException(option + " needs a number above 0, got " + text);
        }
        return Integer.parseInt(text);
    }
}
