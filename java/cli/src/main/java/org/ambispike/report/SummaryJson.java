package org.ambispike.report;

import java.nio.file.Path;
import org.ambispike.paper.RunSummary;

/**
 * {@code summary.json}: {@link RunSummary} field by field under the same names, {@code T} for the number of time steps.
 * A figure that was not measured is null. Fields that a reader does not know are skipped, so newer files stay readable.
 */
public final class SummaryJson {
    /** Name of the file in a run's folder. */
    public static final String FILE_NAME = "summary.json";

    private SummaryJson() {}

    /** Replaces the file atomically. */
    public static void write(Path file, RunSummary summary) {
        Json.write(file, summary);
    }

    /** @throws org.ambispike.common.InputException naming the file, if it is missing, malformed or lacks a field */
    public static RunSummary read(Path file) {
        return Json.read(file, RunSummary.class);
    }
}
