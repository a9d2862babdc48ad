package org.ambispike.report;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.ambispike.latency.LatencyPoint;
import org.ambispike.latency.LatencyReport;

/** Images a second and times of a call by T and batch. */
record ThroughputSection(LatencyReport report) implements Section {
    private static final double MEBIBYTE = 1 << 20;

    @Override
    public String id() {
        return "throughput";
    }

    @Override
    public String title() {
        return "Speed by T and batch";
    }

    @Override
    public boolean isPresent() {
        return spiking().findAny().isPresent();
    }

    @Override
    public void write(Page page) {
        page.paragraph(
                "Times are from images in the caller’s memory to logits there. Each figure is the median over the"
                        + " rounds with its interval (see Machine and method); p95 and p99 are of all calls.");
        List<Page.Legend> legend = new ArrayList<>();
        List<LineChart.Line> lines = new ArrayList<>();
        for (int batch : new TreeSet<>(spiking().map(LatencyPoint::batch).toList())) {
            Style style = new Style(lines.size() + 1);
            legend.add(Page.Legend.line("batch " + batch, style));
            lines.add(new LineChart.Line(
                    style,
                    spiking()
                            .filter(point -> point.batch() == batch)
                            .map(ThroughputSection::at)
                            .toList()));
        }
        page.figure(
                "Images a second against time steps",
                legend,
                new LineChart(
                        "Images a second against the number of time steps, a line for each batch. The table below has the"
                                + " figures.",
                        Axis.timeSteps(List.copyOf(new TreeSet<>(
                                spiking().map(LatencyPoint::timeSteps).toList()))),
                        Axis.log10(
                                "images/s, log scale",
                                spiking()
                                        .mapToDouble(ThroughputSection::speed)
                                        .min()
                                        .orElse(1),
                                spiking()
                                        .mapToDouble(ThroughputSection::speed)
                                        .max()
                                        .orElse(1),
                                value -> Format.brief(Format.significant(value))),
                        lines,
                        List.of(),
                        Optional.empty()));
        page.table(table());
    }

    private Table table() {
        Table table = new Table(
                "Time of a call, images a second and memory",
                "network",
                "batch",
                "p50, ms",
                "interval",
                "p95",
                "p99",
                "images/s",
                "interval",
                "calls",
                "device MiB",
                "process MiB");
        for (LatencyPoint point : report.fixed()) {
            table.row(
                    LatencyTables.name(point),
                    Integer.toString(point.batch()),
                    Format.significant(point.milliseconds().p50().value()),
                    LatencyTables.interval(point.milliseconds().p50()),
                    Format.significant(point.milliseconds().p95()),
                    Format.significant(point.milliseconds().p99()),
                    Format.significant(speed(point)),
                    LatencyTables.interval(point.imagesPerSecond()),
                    Format.count(point.milliseconds().calls()),
                    Format.significant(point.memory().deviceBytes() / MEBIBYTE),
                    Format.significant(point.memory().residentBytes() / MEBIBYTE));
        }
        return table;
    }

    private Stream<LatencyPoint> spiking() {
        return report.fixed().stream().filter(point -> !point.isAnn());
    }

    private static double speed(LatencyPoint point) {
        return point.imagesPerSecond().value();
    }

    private static LineChart.Point at(LatencyPoint point) {
        return new LineChart.Point(
                point.timeSteps(),
                speed(point),
                LatencyTables.name(point) + ", batch " + point.batch() + ": " + Format.significant(speed(point))
                        + " images/s");
    }
}
