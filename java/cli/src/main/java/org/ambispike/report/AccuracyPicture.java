package org.ambispike.report;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.TreeMap;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.ambispike.paper.RunSummary;
import org.ambispike.paper.TimeStepResult;
import org.ambispike.serve.ChartScript;

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
    private static final double LEFT = 58;
    private static final double PLOT = 636;
    private static final double HEIGHT = 275;
    /** Ticks of accuracy, and how far the picture goes below and above the ANN. */
    private static final double TICK = 0.005;

    private static final double BELOW = 0.02;
    private static final double ABOVE = 0.004;
    /** Room beside the least and the largest T, as a factor. */
    private static final double BESIDE = 1.15;

    private static final double TOLERANCE = 1e-9;

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

    /** Returns the drawing. */
    public String svg() {
        List<Series> series = new ArrayList<>();
        series.add(mean("converted, not calibrated", row -> row.calibratedFor() == 0));
        series.add(mean("calibrated for the T that is used", row -> row.calibratedFor() == row.timeSteps()));
        marks.forEach(mark -> series.add(new Series(
                mark.name(), List.of(new TimeStepResult(mark.timeSteps(), 0, mark.accuracy(), Double.NaN)))));
        RunSummary first = runs.get(0);
        String title = String.format(
                Locale.ROOT,
                "%s on %s, %s, mean over %d %s",
                first.network(),
                first.dataset(),
                first.measuredImages(),
                runs.size(),
                runs.size() == 1 ? "seed" : "seeds");
        return draw(title, series);
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

    private String draw(String title, List<Series> series) {
        double top = MARGIN + LEGEND_ROW * (1 + series.size()) + 32;
        double height = top + HEIGHT + 44 + MARGIN;
        Markup out = Markup.part();
        out.open(
                "svg",
                "xmlns",
                "http://www.w3.org/2000/svg",
                "class",
                "chart",
                "role",
                "img",
                "aria-label",
                "Accuracy against the number of time steps; " + title,
                "viewBox",
                "0 0 " + WIDTH + " " + Markup.px(height),
                "width",
                Integer.toString(WIDTH),
                "height",
                Markup.px(height));
        out.style(ChartScript.style());
        out.leaf("rect", "class", "paper", "width", Integer.toString(WIDTH), "height", Markup.px(height), "rx", "8");
        text(out, title, "label", MARGIN, MARGIN + 12);
        for (int index = 0; index < series.size(); index++) {
            double y = MARGIN + 12 + LEGEND_ROW * (index + 1);
            if (series.get(index).results().size() > 1) {
                line(out, "line s" + index, MARGIN, y - 4, MARGIN + 30, y - 4);
            }
            mark(out, index, MARGIN + 15, y - 4, series.get(index).name());
            text(out, series.get(index).name(), "axis", MARGIN + 40, y);
        }
        new Plot(top, series).draw(out, series);
        return out.close().finish();
    }

    /** The rectangle that data is drawn in. */
    private final class Plot {
        private final double top;
        private final double ann;
        private final double low;
        private final double high;
        private final List<Integer> columns;

        private Plot(double top, List<Series> series) {
            this.top = top;
            this.ann =
                    runs.stream().mapToDouble(RunSummary::annAccuracy).average().orElseThrow();
            this.low = TICK * Math.floor((ann - BELOW) / TICK + TOLERANCE);
            this.high = TICK * Math.ceil(Math.min(1, ann + ABOVE) / TICK - TOLERANCE);
            this.columns = Series.timeSteps(
                    series.stream().flatMap(each -> each.results().stream()).toList());
        }

        private double x(double timeSteps) {
            double least = columns.get(0) / BESIDE;
            double most = columns.get(columns.size() - 1) * BESIDE;
            return LEFT + PLOT * Math.log(timeSteps / least) / Math.log(most / least);
        }

        private double y(double accuracy) {
            return top + HEIGHT * (high - accuracy) / (high - low);
        }

        private boolean shows(TimeStepResult row) {
            return row.accuracy() >= low && row.accuracy() <= high;
        }

        private void draw(Markup out, List<Series> series) {
            text(out, "accuracy, %", "axis", MARGIN, top - 14);
            for (double tick = low; tick <= high + TOLERANCE; tick += TICK) {
                line(out, "grid", LEFT, y(tick), LEFT + PLOT, y(tick));
                text(out, Format.decimal(100 * tick, 1), "tick end", LEFT - 7, y(tick) + 4);
            }
            double bottom = top + HEIGHT;
            line(out, "base", LEFT, bottom, LEFT + PLOT, bottom);
            for (int steps : columns) {
                line(out, "base", x(steps), bottom, x(steps), bottom + 4);
                text(out, Integer.toString(steps), "tick middle", x(steps), bottom + 18);
            }
            text(out, "time steps T, log scale", "axis end", LEFT + PLOT, bottom + 36);
            line(out, "reference", LEFT, y(ann), LEFT + PLOT, y(ann));
            text(out, "ANN " + Format.percent(ann), "label", LEFT + 6, y(ann) - 6);
            String[] box = Stream.of(LEFT, top, PLOT, HEIGHT).map(Markup::px).toArray(String[]::new);
            out.open(
                    "svg",
                    "x",
                    box[0],
                    "y",
                    box[1],
                    "width",
                    box[2],
                    "height",
                    box[3],
                    "viewBox",
                    String.join(" ", box));
            for (int index = 0; index < series.size(); index++) {
                String route = series.get(index).results().stream()
                        .map(row -> Markup.px(x(row.timeSteps())) + "," + Markup.px(y(row.accuracy())))
                        .collect(Collectors.joining("L", "M", ""));
                out.leaf("path", "class", "line s" + index, "d", route);
            }
            out.close();
            for (int index = 0; index < series.size(); index++) {
                for (TimeStepResult row : series.get(index).results()) {
                    if (shows(row)) {
                        String hover = series.get(index).name() + ", T = " + row.timeSteps() + ": "
                                + Format.percent(row.accuracy());
                        mark(out, index, x(row.timeSteps()), y(row.accuracy()), hover);
                    }
                }
            }
        }
    }

    private static void text(Markup out, String text, String style, double x, double y) {
        out.element("text", text, "class", style, "x", Markup.px(x), "y", Markup.px(y));
    }

    private static void line(Markup out, String style, double x1, double y1, double x2, double y2) {
        String route = "M" + Markup.px(x1) + "," + Markup.px(y1) + "L" + Markup.px(x2) + "," + Markup.px(y2);
        out.leaf("path", "class", style, "d", route);
    }

    /** A circle, a square for the second series, triangles for all others: none differs by colour alone. */
    private static void mark(Markup out, int series, double x, double y, String hover) {
        String shape = series == 0
                ? "M-4,0a4,4 0 1,0 8,0a4,4 0 1,0 -8,0z"
                : series == 1 ? "M-3.6,-3.6h7.2v7.2h-7.2z" : "M0,-4.8L4.6,3.4H-4.6z";
        out.open("g", "class", "mark s" + series, "transform", "translate(" + Markup.px(x) + " " + Markup.px(y) + ")");
        out.element("title", hover).leaf("path", "d", shape).close();
    }
}
