package org.ambispike.report;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.ambispike.paper.RateError;
import org.ambispike.paper.TimeStepResult;
import org.ambispike.paper.WorkEstimate;
import org.ambispike.run.ExitResult;

/** The results of a run as plain tables for a terminal. Every method returns whole lines. */
public final class ConsoleTables {
    private ConsoleTables() {}

    /** Accuracy in percent: a row for each network, a column for each T. */
    public static String accuracy(List<TimeStepResult> results) {
        List<Integer> columns = Series.timeSteps(results);
        List<String> heading = new ArrayList<>(List.of("accuracy, %"));
        columns.forEach(t -> heading.add("T=" + t));
        TextTable table = new TextTable(1, heading);
        for (Series series : Series.of(results)) {
            List<String> row = new ArrayList<>(List.of(series.name()));
            columns.forEach(t -> row.add(Format.percentValue(series.at(t, TimeStepResult::accuracy))));
            table.row(row);
        }
        return table.render();
    }

    /** Accuracy in percent and images a second of one network, a column for each T, or one for an ANN. */
    public static String accuracyAndSpeed(boolean ann, List<TimeStepResult> results) {
        List<String> heading = new ArrayList<>(List.of(""));
        List<String> accuracy = new ArrayList<>(List.of("accuracy, %"));
        List<String> speed = new ArrayList<>(List.of("images/s"));
        for (TimeStepResult result : results) {
            heading.add(ann ? "ANN" : "T=" + result.timeSteps());
            accuracy.add(Format.percentValue(result.accuracy()));
            speed.add(Format.count(Math.round(result.imagesPerSecond())));
        }
        TextTable table = new TextTable(1, heading);
        table.row(accuracy);
        table.row(speed);
        return table.render();
    }

    /** The same below a line of what it compares with: the ANN, and the ANN after threshold optimisation. */
    public static String accuracy(double annAccuracy, double clippedAnnAccuracy, List<TimeStepResult> results) {
        return "ANN " + Format.percent(annAccuracy) + ", after threshold optimisation "
                + Format.percent(clippedAnnAccuracy) + "\n\n" + accuracy(results);
    }

    /** Accuracy and mean number of time steps of images that leave early, by rule. */
    public static String exits(List<ExitResult> exits) {
        TextTable table = new TextTable(1, List.of("exit", "T at most", "mean T", "accuracy, %"));
        for (ExitResult exit : exits) {
            table.row(List.of(
                    exit.rule(),
                    Integer.toString(exit.timeSteps()),
                    Format.decimal(exit.meanTimeSteps(), 2),
                    Format.percentValue(exit.accuracy())));
        }
        return table.render();
    }

    /** Relative errors of rates, a row for each layer and a column for each T. */
    public static String rateErrors(List<RateError> errors) {
        List<Integer> timeSteps =
                errors.stream().map(RateError::timeSteps).distinct().toList();
        List<String> headings = new ArrayList<>(List.of("relative error"));
        timeSteps.forEach(steps -> headings.add("T=" + steps));
        Map<String, List<String>> rows = new LinkedHashMap<>();
        for (RateError error : errors) {
            rows.computeIfAbsent(error.layer(), layer -> new ArrayList<>(List.of(layer)))
                    .add(Format.rate(error.relativeError()));
        }
        TextTable table = new TextTable(1, headings);
        rows.values().forEach(table::row);
        return table.render();
    }

    /** What a plan computes, by stage and as a whole. */
    public static String work(WorkEstimate work) {
        TextTable table = new TextTable(1, List.of("stage", "images", "T", "operations"));
        work.stages()
                .forEach(stage -> table.row(List.of(
                        stage.name(),
                        Format.count(stage.images()),
                        Integer.toString(stage.timeSteps()),
                        Format.floatingPoint(stage.operations()))));
        table.row(List.of("all", "", "", Format.floatingPoint(work.operations())));
        return table.render();
    }

    /** Wall time by stage, and the sum. */
    public static String wallSeconds(Map<String, Double> wallSeconds) {
        TextTable table = new TextTable(1, List.of("stage", "wall time"));
        wallSeconds.forEach((stage, seconds) -> table.row(List.of(stage, Format.seconds(seconds))));
        double sum = wallSeconds.values().stream()
                .filter(seconds -> !Double.isNaN(seconds))
                .mapToDouble(Double::doubleValue)
                .sum();
        table.row(List.of("all", Format.seconds(sum)));
        return table.render();
    }
}
