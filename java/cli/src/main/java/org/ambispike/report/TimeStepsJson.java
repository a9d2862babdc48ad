package org.ambispike.report;

import com.fasterxml.jackson.annotation.JsonInclude;
import java.nio.file.Path;
import java.util.List;
import org.ambispike.paper.RateError;
import org.ambispike.paper.TimeStepResult;
import org.ambispike.run.ExitResult;

/**
 * {@code {"timeSteps": [...]}} of an evaluation, its rows those of {@code summary.json}; {@code "exits"} and
 * {@code "rateErrors"} too where early exits or the convergence of rates were asked for.
 */
public final class TimeStepsJson {
    private TimeStepsJson() {}

    private record Document(
            List<TimeStepResult> timeSteps,
            @JsonInclude(JsonInclude.Include.NON_EMPTY) List<ExitResult> exits,
            @JsonInclude(JsonInclude.Include.NON_EMPTY) List<RateError> rateErrors) {}

    private record Rows(List<TimeStepResult> timeSteps) {}

    /** Replaces the file atomically. */
    public static void write(
            Path file, List<TimeStepResult> results, List<ExitResult> exits, List<RateError> rateErrors) {
        Json.write(file, new Document(results, exits, rateErrors));
    }

    /** @throws org.ambispike.common.InputException naming the file, if it is missing, malformed or lacks a field */
    public static List<TimeStepResult> read(Path file) {
        return List.copyOf(Json.read(file, Rows.class).timeSteps());
    }
}
