package org.ambispike.report;

import java.nio.file.Path;
import java.util.List;
import org.ambispike.result.TimeStepResult;

/** {@code {"timeSteps": [...]}} of an evaluation, its rows those of {@code summary.json}. */
public final class TimeStepsJson {
    private TimeStepsJson() {}

    private record Document(List<TimeStepResult> timeSteps) {}

    /** Replaces the file atomically. */
    public static void write(Path file, List<TimeStepResult> results) {
        Json.write(file, new Document(results));
    }

    /** @throws org.ambispike.error.InputException naming the file, if it is missing, malformed or lacks a field */
    public static List<TimeStepResult> read(Path file) {
        return List.copyOf(Json.read(file, Document.class).timeSteps());
    }
}
