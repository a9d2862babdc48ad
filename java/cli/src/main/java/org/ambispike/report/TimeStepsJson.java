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

    /**
     * What was measured.
     *
     * @param network {@code ann}, whose one row is of T = 1, or {@code snn}
     * @param images that were measured
     * @param allImages that there are
     */
    public record Evaluated(
            String network,
            int images,
            int allImages,
            List<TimeStepResult> timeSteps,
            @JsonInclude(JsonInclude.Include.NON_EMPTY) List<ExitResult> exits,
            @JsonInclude(JsonInclude.Include.NON_EMPTY) List<RateError> rateErrors) {}

    /** Replaces the file atomically. */
    public static void write(Path file, Evaluated evaluated) {
        Json.write(file, evaluated);
    }
}
