package org.ambispike.report;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import org.ambispike.paper.RunSummary;
import org.ambispike.paper.TimeStepResult;

/**
 * Accuracy against T as one drawing in SVG that stands by itself: the mean over runs, each T with the network that was
 * calibrated for it, and the converted network before calibration. Light or dark by the reader's preference.
 *
 * @param runs of one kind, as {@link SeedComparison} takes them
 * @param marks figures from elsewhere to show beside
 */
public record AccuracyPicture(List<RunSummary> runs, List<Mark> marks) {
    private static final int WIDTH = 720;
    private static final double MARGIN = 16;
    private static final double LEGEND_ROW = 22;
    private static final double BELOW = 0.02;
    private static final double ABOVE = 0.004;

    /**
     * A figure from elsewhere.
     *
     * @param name and source
     * @param accuracy a fraction
     */
    public record Mark(String name, int timeSteps, double accuracy) {}

    public AccuracyPicture {
        runs = List.copyOf(runs);
        marks = List.copyOf(marks);
    }

    /** The drawing. */
    public String svg() {
        double ann =
                runs.stream().mapToDouble(RunSummary::annAccuracy).average().orElseThrow();
        List<Series> series = new ArrayList<>();
        series.add(mean("converted, not calibrated", row -> row.calibratedFor() == 0));
        series.add(mean("calibrated for the T that is used", row -> row.calibratedFor() == row.timeSteps()));
        marks.forEach(mark -> series.add(new Series(
                mark.name(), List.of(new TimeStepResult(mark.timeSteps(), 0, mark.accuracy(), Double.NaN)))));
        List<LineChart.Line> lines = new ArrayList<>();
        for (int index = 0; index < series.size(); index++) {
            lines.add(AccuracySection.line(series.get(index), new Style(index)));
        }
        List<Integer> columns = Series.timeSteps(
                series.stream().flatMap(each -> each.results().stream()).toList());
        RunSummary first = runs.get(0);
        String title = String.format(
                Locale.ROOT,
                "%s on %s, %s, mean over %d %s",
                first.network(),
                first.dataset(),
                first.measuredImages(),
                runs.size(),
                runs.size() == 1 ? "seed" : "seeds");
        LineChart chart = new LineChart(
                "Accuracy against the number of time steps; " + title,
                Axis.timeSteps(columns),
                Axis.linear("accuracy, %", ann - BELOW, Math.min(1, ann + ABOVE), 100),
                lines,
                List.of(),
                Optional.of(new LineChart.Reference(ann, "ANN " + Format.percent(ann))));
        return draw(chart, title, series);
    }

    private Series mean(String name, Predicate<TimeStepResult> wanted) {
        List<TimeStepResult> rows = runs.stream()
                .flatMap(run -> run.timeSteps().stream())
                .filter(wanted)
                .collect(Collectors.groupingBy(
                        TimeStepResult::timeSteps, TreeMap::new, Collectors.averagingDouble(TimeStepResult::accuracy)))
                .entrySet()
                .stream()
                .map(entry -> new TimeStepResult(entry.getKey(), 0, entry.getValue(), Double.NaN))
                .toList();
        return new Series(name, rows);
    }

    private static String draw(LineChart chart, String title, List<Series> series) {
        double top = MARGIN + LEGEND_ROW * (1 + series.size());
        double height = top + chart.height(WIDTH - (int) (2 * MARGIN)) + MARGIN;
        Markup out = Markup.drawing();
        Chart.begin(out, WIDTH, height, title);
        out.style(StyleSheet.CHARTS.text());
        out.leaf("rect", "class", "paper", "width", Markup.px(WIDTH), "height", Markup.px(height), "rx", "8");
        double y = MARGIN + 12;
        out.element("text", title, "class", "label", "x", Markup.px(MARGIN), "y", Markup.px(y));
        for (int index = 0; index < series.size(); index++) {
            y += LEGEND_ROW;
            Style style = new Style(index);
            if (series.get(index).results().size() > 1) {
                Frame.line(out, "line " + style.cssClass(), MARGIN, y - 4, MARGIN + 30, y - 4);
            }
            style.mark(out, MARGIN + 15, y - 4, 1, "");
            out.element(
                    "text", series.get(index).name(), "class", "axis", "x", Markup.px(MARGIN + 40), "y", Markup.px(y));
        }
        out.open("g", "transform", "translate(" + Markup.px(MARGIN) + " " + Markup.px(top) + ")");
        chart.draw(out, WIDTH - (int) (2 * MARGIN));
        out.close().close();
        return out.finish();
    }
}
