package org.ambispike.report;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.DoubleFunction;
import java.util.function.ToDoubleFunction;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.ambispike.paper.RunSummary;
import org.ambispike.paper.TimeStepResult;

/** Accuracy against T, calibrated and not (the paper's Fig. 3): all of it, and close to the ANN. */
record AccuracySection(RunSummary run) implements Section {
    /** How far below the ANN the close view goes, and above. */
    private static final double CLOSE_BELOW = 0.02;

    private static final double CLOSE_ABOVE = 0.004;

    @Override
    public String id() {
        return "accuracy";
    }

    @Override
    public String title() {
        return "Accuracy against time steps";
    }

    @Override
    public boolean isPresent() {
        return run.timeSteps().stream().anyMatch(r -> Double.isFinite(r.accuracy()));
    }

    @Override
    public void write(Page page) {
        page.paragraph("Every network runs on " + run.measuredImages()
                + " for tests. More time steps T cost more operations; calibration makes a few of them enough.");
        List<Series> all = Series.of(run.timeSteps());
        page.legend(legend(all));
        page.beginRow();
        page.half("All of the range", List.of(), chart(all, wholeRange(), true));
        if (Double.isFinite(run.annAccuracy())) {
            page.half("Close to the ANN", List.of(), chart(all, closeRange(), false));
        }
        page.endRow();
        page.table(accuracyTable("Accuracy in percent, the best of each T in bold", "network", all));
        if (Double.isFinite(run.annAccuracy()) && run.testImages() > 0) {
            double error = Math.sqrt(run.annAccuracy() * (1 - run.annAccuracy()) / run.testImages());
            page.note("One standard error of an accuracy of " + Format.percent(run.annAccuracy()) + " on "
                    + Format.count(run.testImages()) + " images is " + Format.percentValue(error)
                    + " points: smaller differences may be chance.");
        }
        page.details(speedTable(all));
    }

    /** A line of accuracy against T, as the ablations show them too. */
    static LineChart.Line line(Series series, Style style) {
        return new LineChart.Line(
                style,
                series.results().stream()
                        .map(r -> new LineChart.Point(
                                r.timeSteps(),
                                r.accuracy(),
                                series.name() + ", T = " + r.timeSteps() + ": " + Format.percent(r.accuracy())))
                        .toList());
    }

    /** A row for each series, a column for each T, the best of a column set apart. */
    static Table accuracyTable(String caption, String rowName, List<Series> all) {
        return byTimeSteps(caption, rowName, all, TimeStepResult::accuracy, Format::percentValue, all.size() > 1);
    }

    private static Table byTimeSteps(
            String caption,
            String rowName,
            List<Series> all,
            ToDoubleFunction<TimeStepResult> value,
            DoubleFunction<String> format,
            boolean markBest) {
        List<Integer> columns =
                Series.timeSteps(all.stream().flatMap(s -> s.results().stream()).toList());
        List<String> heading = new ArrayList<>(List.of(rowName));
        columns.forEach(t -> heading.add("T = " + t));
        List<List<Table.Cell>> rows = new ArrayList<>();
        for (Series series : all) {
            List<Table.Cell> row = new ArrayList<>(List.of(new Table.Cell(series.name(), false)));
            for (int t : columns) {
                double shown = series.at(t, value);
                double best = all.stream()
                        .mapToDouble(s -> s.at(t, value))
                        .filter(Double::isFinite)
                        .max()
                        .orElse(Double.NaN);
                row.add(new Table.Cell(format.apply(shown), markBest && shown == best));
            }
            rows.add(row);
        }
        return new Table(caption, heading, rows);
    }

    private List<Page.Legend> legend(List<Series> all) {
        return all.stream().map(s -> Page.Legend.line(s.name(), style(all, s))).toList();
    }

    private static Style style(List<Series> all, Series series) {
        boolean base = all.get(0).results().get(0).calibratedFor() == 0;
        return new Style(all.indexOf(series) + (base ? 0 : 1));
    }

    private LineChart chart(List<Series> all, Axis y, boolean whole) {
        Axis x = Axis.timeSteps(Series.timeSteps(run.timeSteps()));
        List<LineChart.Line> lines = IntStream.range(0, all.size())
                .mapToObj(i -> line(all.get(i), style(all, all.get(i))))
                .toList();
        Optional<LineChart.Reference> reference = Double.isFinite(run.annAccuracy())
                ? Optional.of(new LineChart.Reference(run.annAccuracy(), "ANN " + Format.percent(run.annAccuracy())))
                : Optional.empty();
        String networks = all.stream().map(Series::name).collect(Collectors.joining(", "));
        String description = "Accuracy against the number of time steps, "
                + (whole ? "" : "close to the accuracy of the ANN, ") + "for these networks: " + networks
                + ". The table below has the figures.";
        return new LineChart(description, x, y, lines, List.of(), reference);
    }

    private Axis wholeRange() {
        double least = run.timeSteps().stream()
                .mapToDouble(TimeStepResult::accuracy)
                .filter(Double::isFinite)
                .min()
                .orElse(0);
        double most = run.timeSteps().stream()
                .mapToDouble(TimeStepResult::accuracy)
                .filter(Double::isFinite)
                .max()
                .orElse(1);
        double top = Double.isFinite(run.annAccuracy()) ? Math.max(most, run.annAccuracy()) : most;
        return Axis.linear("accuracy, %", least, Math.min(1, top + 0.1 * (top - least)), 100);
    }

    private Axis closeRange() {
        return Axis.linear(
                "accuracy, %", run.annAccuracy() - CLOSE_BELOW, Math.min(1, run.annAccuracy() + CLOSE_ABOVE), 100);
    }

    private Table speedTable(List<Series> all) {
        return byTimeSteps(
                "Speed of inference on " + run.device() + ", images per second",
                "network",
                all,
                TimeStepResult::imagesPerSecond,
                speed -> Format.decimal(speed, 0),
                false);
    }
}
