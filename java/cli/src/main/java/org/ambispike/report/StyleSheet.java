package org.ambispike.report;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;

/** The style sheets among the resources. */
enum StyleSheet {
    /** Colours, light and dark, and what charts look like; enough for a picture of its own. */
    CHARTS("chart.css"),
    /** The rest of the page. */
    PAGE("report.css");

    private final String file;

    StyleSheet(String file) {
        this.file = file;
    }

    String text() {
        try (InputStream in = StyleSheet.class.getResourceAsStream(file)) {
            if (in == null) {
                throw new IllegalStateException(file + " is not in the jar; build it anew");
            }
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException("cannot read " + file, e);
        }
    }
}
