package org.ambispike.recipe;

import java.util.Arrays;
import java.util.Locale;
import java.util.stream.Collectors;

/** How long a recipe trains; profiles differ in epochs alone. */
public enum Profile {
    /** For trying out: minutes on two cores. */
    QUICK,
    /** For results. */
    FULL;

    public String label() {
        return name().toLowerCase(Locale.ROOT);
    }

    /** @throws IllegalArgumentException naming the choices, if there is none of this label */
    public static Profile ofLabel(String label) {
        return Arrays.stream(values())
                .filter(profile -> profile.label().equals(label))
                .findFirst()
                .orElseThrow(() -> new IllegalArgumentException("unknown profile '" + label + "'; choose one of "
                        + Arrays.stream(values()).map(Profile::label).collect(Collectors.joining(", "))));
    }
}
