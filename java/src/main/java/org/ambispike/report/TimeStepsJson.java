package org.ambispike.report;

import java.nio.file.Path;
import java.util.List;
import org.ambispike.result.ExitResult;
import org.ambispike.result.TimeStepResult;

/**
 * {@code {"timeSteps": [...]}} of an evaluation, its rows those of {@code summary.json}; {@code "exits"} too where early
 * exits were asked for.
 */
public final class TimeStepsJson {
    private TimeStepsJson() {}

    private record Document(List<TimeStepResult> timeSteps) {}

    private record WithExits(List<TimeStepResult> timeSteps, List<ExitResult> exits) {}

    /** Replaces the file atomically. */
    public static void write(Path file, List<TimeStepResult> results) {
        Json.write(file, new Document(results));
    }

    /** Replaces the file atomically. */
    public static void write(Path file, List<TimeStepResult> results, List<ExitResult> exits) {
        Json.write(file, exits.isEmpty() ? new Document(results) : new WithExits(results, exits));
    }

    /** @throws org.ambispike.error.InputException naming the file, if it is missing, malformed or lacks a field */
    public static List<TimeStepResult> read(Path file) {
        return List.copyOf(Json.read(file, Document.class).timeSteps());
    }
}
