package org.ambispike.serve;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/** Contrast of the colours of page and reports, light and dark, as WCAG 2.2 defines and demands it (AA). */
class ContrastTest {
    private static final Pattern THEME = Pattern.compile("--paper:[^}]*");
    private static final Pattern COLOUR = Pattern.compile("--([a-z]+):\\s*#([0-9a-f]{6})");
    private static final List<String> GROUNDS = List.of("paper", "band");
    /** The contrast of text, however small. */
    private static final double TEXT = 4.5;
    /** The contrast of marks that carry meaning. */
    private static final double MARKS = 3;

    @Test
    void textAndMarksStandOutFromTheirGrounds() {
        List<Map<String, Integer>> themes = themes(ChartScript.style());
        assertThat(themes).as("light and dark").hasSizeGreaterThanOrEqualTo(2);
        for (Map<String, Integer> theme : themes) {
            for (String ground : GROUNDS) {
                for (String text : List.of("ink", "muted", "blue", "vermillion")) {
                    requires(theme, text, ground, TEXT);
                }
                for (String mark : List.of("green", "purple", "ochre", "base")) {
                    requires(theme, mark, ground, MARKS);
                }
            }
        }
        assertThat(themes.get(0)).isNotEqualTo(themes.get(1));
    }

    private static void requires(Map<String, Integer> theme, String ink, String ground, double least) {
        assertThat(contrast(theme.get(ink), theme.get(ground)))
                .as(ink + " on " + ground + " of " + theme)
                .isGreaterThanOrEqualTo(least);
    }

    private static List<Map<String, Integer>> themes(String css) {
        List<Map<String, Integer>> themes = new ArrayList<>();
        Matcher theme = THEME.matcher(css);
        while (theme.find()) {
            Map<String, Integer> colours = new HashMap<>();
            Matcher colour = COLOUR.matcher(theme.group());
            while (colour.find()) {
                colours.put(colour.group(1), Integer.parseInt(colour.group(2), 16));
            }
            if (colours.containsKey("ink")) {
                themes.add(colours);
            }
        }
        return themes;
    }

    private static double contrast(int one, int other) {
        double lighter = Math.max(luminance(one), luminance(other));
        double darker = Math.min(luminance(one), luminance(other));
        return (lighter + 0.05) / (darker + 0.05);
    }

    private static double luminance(int colour) {
        return 0.2126 * linear(colour >> 16) + 0.7152 * linear(colour >> 8) + 0.0722 * linear(colour);
    }

    private static double linear(int channel) {
        double value = (channel & 0xff) / 255.0;
        return value <= 0.04045 ? value / 12.92 : Math.pow((value + 0.055) / 1.055, 2.4);
    }
}
