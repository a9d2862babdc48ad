package org.ambispike.report;

import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.function.ToDoubleFunction;
import java.util.stream.DoubleStream;
import java.util.stream.Stream;
import org.ambispike.latency.LatencyPoint;
import org.ambispike.latency.LatencyReport;

/** Accuracy against the mean number of time steps where images leave early. */
record EarlyExitSection(LatencyReport report) implements Section {
    /** A loss of accuracy that counts as none, a tenth of a point. */
    private static final double LOSS = 0.001;
    /** Of a difference of two accuracies, which are fractions of some ten thousand images. */
    private static final double ROUNDING = 1e-9;

    private static final Style FIXED = new Style(1);
    private static final Style EARLY = new Style(2);

    @Override
    public String id() {
        return "exits";
    }

    @Override
    public String title() {
        return "Early exit";
    }

    @Override
    public boolean isPresent() {
        return !report.early().isEmpty();
    }

    @Override
    public void write(Page page) {
        page.paragraph(
                "An image leaves as soon as the rule finds its answer settled. A rule that is easier to meet takes"
                        + " fewer steps and errs more; running all T steps is shown beside.");
        full().ifPresent(full -> page.paragraph(saving(full)));
        if (all().anyMatch(point -> Double.isFinite(point.accuracy()))) {
            writeChart(page);
        }
        Table table = new Table(
                "Early exit, batch " + batch(),
                "rule",
                "T at most",
                "mean T",
                "accuracy",
                "mean, ms",
                "p50, ms",
                "p95",
                "p99",
                "images/s");
        for (LatencyPoint point : report.early()) {
            table.row(
                    point.exit(),
                    Integer.toString(point.timeSteps()),
                    Format.decimal(point.meanTimeSteps(), 2),
                    Format.percent(point.accuracy()),
                    Format.significant(point.milliseconds().mean()),
                    Format.significant(point.milliseconds().p50().value()),
                    Format.significant(point.milliseconds().p95()),
                    Format.significant(point.milliseconds().p99()),
                    Format.significant(point.imagesPerSecond().value()));
        }
        page.table(table);
    }

    /** The run that takes all the steps that the rules may take, if its accuracy is known. */
    private Optional<LatencyPoint> full() {
        int largest = report.early().get(0).timeSteps();
        return spiking()
                .filter(point -> point.timeSteps() == largest && Double.isFinite(point.accuracy()))
                .findFirst();
    }

    private String saving(LatencyPoint full) {
        String all = "all " + full.timeSteps() + " steps (" + Format.percent(full.accuracy()) + ")";
        return report.early().stream()
                .filter(point -> point.accuracy() >= full.accuracy() - LOSS - ROUNDING)
                .min(Comparator.comparingDouble(LatencyPoint::meanTimeSteps))
                .map(point -> "Within 0.1 points of " + all + " at a mean of "
                        + Format.decimal(point.meanTimeSteps(), 2) + " steps, by " + point.exit() + ".")
                .orElse("No rule measured here comes within 0.1 points of " + all + ".");
    }

    private void writeChart(Page page) {
        page.legend(List.of(Page.Legend.line("all T steps", FIXED), Page.Legend.line("early exit", EARLY)));
        double least = values(all(), LatencyPoint::accuracy).min().orElse(0);
        double close =
                values(report.early().stream(), LatencyPoint::accuracy).min().orElse(least);
        page.beginRow();
        page.half("All of the range", List.of(), chart(least, ""));
        page.half("From the earliest exits up", List.of(), chart(close, ", from the earliest exits up"));
        page.endRow();
    }

    private LineChart chart(double least, String part) {
        return new LineChart(
                "Accuracy against the mean number of time steps, with early exits and without" + part
                        + ". The table below has the figures.",
                Axis.linear(
                        "mean time steps",
                        0,
                        values(all(), LatencyPoint::meanTimeSteps).max().orElse(1),
                        1),
                Axis.linear(
                        "accuracy, %",
                        least, values(all(), LatencyPoint::accuracy).max().orElse(1), 100),
                List.of(line(FIXED, spiking()), line(EARLY, report.early().stream())),
                List.of(),
                Optional.empty());
    }

    private static LineChart.Line line(Style style, Stream<LatencyPoint> points) {
        return new LineChart.Line(
                style,
                points.sorted((one, other) -> Double.compare(one.meanTimeSteps(), other.meanTimeSteps()))
                        .map(point -> new LineChart.Point(
                                point.meanTimeSteps(),
                                point.accuracy(),
                                (point.exits() ? point.exit() : LatencyTables.name(point)) + ": "
                                        + Format.percent(point.accuracy()) + ", mean T "
                                        + Format.decimal(point.meanTimeSteps(), 2)))
                        .toList());
    }

    private int batch() {
        return report.early().get(0).batch();
    }

    private Stream<LatencyPoint> spiking() {
        return report.fixed().stream().filter(point -> !point.isAnn() && point.batch() == batch());
    }

    private Stream<LatencyPoint> all() {
        return Stream.concat(spiking(), report.early().stream());
    }

    private static DoubleStream values(Stream<LatencyPoint> points, ToDoubleFunction<LatencyPoint> value) {
        return points.mapToDouble(value).filter(Double::isFinite);
    }
}
