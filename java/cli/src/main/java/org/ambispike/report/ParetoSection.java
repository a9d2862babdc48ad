package org.ambispike.report;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Predicate;
import java.util.stream.DoubleStream;
import org.ambispike.latency.LatencyPoint;
import org.ambispike.latency.LatencyReport;

/** Accuracy against the time of a call with the smallest batch, and what is not beaten. */
record ParetoSection(LatencyReport report) implements Section {
    /** More is better: accuracy, or the relative error with its sign turned. */
    private double quality(LatencyPoint point) {
        return report.byError() ? -point.relativeError() : point.accuracy();
    }

    private double shown(LatencyPoint point) {
        return report.byError() ? point.relativeError() : point.accuracy();
    }

    private String figure(LatencyPoint point) {
        return report.byError() ? Format.significant(point.relativeError()) : Format.percent(point.accuracy());
    }

    private String name() {
        return report.byError() ? "Relative error" : "Accuracy";
    }

    @Override
    public String id() {
        return "pareto";
    }

    @Override
    public String title() {
        return name() + " against latency";
    }

    @Override
    public boolean isPresent() {
        return points().stream().anyMatch(point -> Double.isFinite(shown(point)));
    }

    @Override
    public void write(Page page) {
        List<LatencyPoint> points = points();
        List<LatencyPoint> front =
                new ParetoFront<LatencyPoint>(point -> point.milliseconds().mean(), this::quality).of(points);
        page.paragraph("A point is not beaten if no other takes no longer and is no worse. The line leads through"
                + " these; times are the mean of a call with a batch of " + batch() + ".");
        Style pareto = new Style(0);
        Style fixed = new Style(1);
        Style early = new Style(2);
        Style ann = new Style(3);
        List<Page.Legend> legend = new ArrayList<>();
        List<LineChart.Line> lines = new ArrayList<>();
        legend.add(Page.Legend.line("not beaten", pareto));
        // first, so that the marks of the networks lie on the line
        lines.add(new LineChart.Line(pareto, front.stream().map(this::at).toList()));
        add(legend, lines, "all T steps", fixed, points, point -> !point.isAnn() && !point.exits());
        add(legend, lines, "early exit", early, points, LatencyPoint::exits);
        add(legend, lines, "ANN", ann, points, LatencyPoint::isAnn);
        page.figure(
                name() + " against the mean time of a call, batch " + batch(),
                legend,
                new LineChart(
                        name() + " against the mean time of a call. The table below has the figures.",
                        Axis.log10(
                                "mean time of a call, ms, log scale",
                                times(points).min().orElse(1),
                                times(points).max().orElse(1),
                                value -> Format.brief(Format.significant(value))),
                        Axis.linear(
                                report.byError() ? "relative error" : "accuracy, %",
                                qualities(points).min().orElse(0),
                                qualities(points).max().orElse(1),
                                report.byError() ? 1 : 100),
                        lines,
                        List.of(),
                        Optional.empty()));
        Table table = new Table(
                name() + " and time of a call, batch " + batch(), "network", "mean T", name(), "mean, ms", "beaten");
        for (LatencyPoint point : points) {
            table.row(
                    name(point),
                    Format.decimal(point.meanTimeSteps(), 2),
                    figure(point),
                    Format.significant(point.milliseconds().mean()),
                    front.contains(point) ? "no" : "yes");
        }
        page.details(table);
    }

    /** A series that has points; a line would suggest an order where each point is a network of its own. */
    private void add(
            List<Page.Legend> legend,
            List<LineChart.Line> lines,
            String name,
            Style style,
            List<LatencyPoint> points,
            Predicate<LatencyPoint> wanted) {
        List<LatencyPoint> series = points.stream().filter(wanted).toList();
        if (!series.isEmpty()) {
            legend.add(Page.Legend.line(name, style));
            series.forEach(point -> lines.add(new LineChart.Line(style, List.of(at(point)))));
        }
    }

    private LineChart.Point at(LatencyPoint point) {
        double time = point.milliseconds().mean();
        return new LineChart.Point(
                time, shown(point), name(point) + ": " + figure(point) + " in " + Format.significant(time) + " ms");
    }

    private static String name(LatencyPoint point) {
        return LatencyTables.name(point) + (point.exits() ? ", " + point.exit() : "");
    }

    private List<LatencyPoint> points() {
        return report.points().stream()
                .filter(point -> point.batch() == batch())
                .toList();
    }

    private int batch() {
        return report.points().stream().mapToInt(LatencyPoint::batch).min().orElse(0);
    }

    private static DoubleStream times(List<LatencyPoint> points) {
        return points.stream().mapToDouble(point -> point.milliseconds().mean());
    }

    private DoubleStream qualities(List<LatencyPoint> points) {
        return points.stream().mapToDouble(this::shown).filter(Double::isFinite);
    }
}
