package org.ambispike.paper;

import java.util.Map;

/** The one setting of networks whose every layer grows with their first. */
final class Width {
    private Width() {}

    static void require(int width) {
        if (width < 1) {
            throw new IllegalArgumentException("a network has a width of 1 or more channels, got " + width);
        }
    }

    static Map<String, String> settings(int width) {
        return Map.of("width", Integer.toString(width));
    }
}
