package org.ambispike.report;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import org.ambispike.latency.LatencyPoint;
import org.ambispike.latency.LatencyReport;

/** The page of a latency benchmark, made as {@link HtmlReport} is. */
final class LatencyPage {
    private static final int MOST_POINTS = 6;
    /** A loss of accuracy that counts as none, a tenth of a point. */
    private static final double LOSS = 0.001;
    /** The standard error of a difference of two accuracies, which are fractions of some ten thousand images. */
    private static final double ROUNDING = 1e-9;

    private final LatencyReport report;
    private final int batch;
    private final HtmlPage page;

    private LatencyPage(LatencyReport report) {
        this.report = report;
        this.batch = smallestBatch(report.fixed());
        this.page = new HtmlPage(
                "Ambispike latency benchmark",
                "Latency of " + report.network() + " on " + report.dataset(),
                fastest().orElse(""));
    }

    /** What the script draws from. */
    private record Data(LatencyReport latency) {}

    static String render(LatencyReport report) {
        LatencyPage made = new LatencyPage(report);
        made.header();
        made.pareto();
        made.throughput();
        made.exits();
        made.work();
        made.machine();
        return made.page.render(new Data(report));
    }

    private static int smallestBatch(List<LatencyPoint> points) {
        return points.stream().mapToInt(LatencyPoint::batch).min().orElse(0);
    }

    private Optional<String> fastest() {
        return report.fixed().stream()
                .filter(point -> !point.isAnn())
                .max(Comparator.comparingDouble(point -> point.imagesPerSecond().value()))
                .map(point -> "At most "
                        + Format.count(Math.round(point.imagesPerSecond().value())) + " images a second, with T = "
                        + point.timeSteps() + " and a batch of " + point.batch() + ".");
    }

    private List<LatencyPoint> ofSmallestBatch() {
        return report.fixed().stream().filter(point -> point.batch() == batch).toList();
    }

    private void header() {
        List<HtmlPage.Figure> figures = ofSmallestBatch().stream()
                .limit(MOST_POINTS + 1L)
                .map(point -> new HtmlPage.Figure(
                        LatencyTables.name(point),
                        Format.significant(point.milliseconds().p50().value()) + " ms",
                        remark(point)))
                .toList();
        page.figures(figures)
                .fact("Figures above", "median time of a call, batch " + batch)
                .fact("Test images", report.measuredImages())
                .fact("ANN", report.ann())
                .fact("Device", report.device())
                .fact("Precision", report.precision())
                .fact("Commit", report.commit());
    }

    private String remark(LatencyPoint point) {
        return report.byError() ? "error " + quality(point) : Double.isNaN(point.accuracy()) ? "" : quality(point);
    }

    private String quality(LatencyPoint point) {
        return report.byError() ? Format.significant(point.relativeError()) : Format.percent(point.accuracy());
    }

    /** More is better: accuracy, or the relative error with its sign turned. */
    private double gain(LatencyPoint point) {
        return report.byError() ? -point.relativeError() : point.accuracy();
    }

    /** Accuracy against the time of a call with the smallest batch, and what is not beaten. */
    private void pareto() {
        int smallest = smallestBatch(report.points());
        List<LatencyPoint> points = report.points().stream()
                .filter(point -> point.batch() == smallest)
                .toList();
        if (points.stream().noneMatch(point -> Double.isFinite(gain(point)))) {
            return;
        }
        String name = report.byError() ? "Relative error" : "Accuracy";
        List<LatencyPoint> front =
                new ParetoFront<LatencyPoint>(point -> point.milliseconds().mean(), this::gain).of(points);
        String caption = name + " and time of a call, batch " + smallest;
        page.section("pareto", name + " against latency")
                .paragraph("A point is not beaten if no other takes no longer and is no worse. The line leads through"
                        + " these; times are the mean of a call with a batch of " + smallest + ".")
                .chart("pareto", "", name + " against the mean time of a call, batch " + smallest)
                .details(LatencyTables.pareto(caption, report.byError(), points, front));
    }

    private void throughput() {
        if (report.fixed().stream().allMatch(LatencyPoint::isAnn)) {
            return;
        }
        page.section("throughput", "Speed by T and batch")
                .paragraph(
                        "Times are from images in the caller’s memory to logits there. Each figure is the median over"
                                + " the rounds with its interval (see Machine and method); p95 and p99 are of all calls.")
                .chart("throughput", "", "Images a second against time steps")
                .table(LatencyTables.throughput("Time of a call, images a second and memory", report));
    }

    /** Accuracy against the mean number of time steps where images leave early. */
    private void exits() {
        List<LatencyPoint> early = report.early();
        if (early.isEmpty()) {
            return;
        }
        LatencyPoint first = early.get(0);
        List<LatencyPoint> fixed = report.fixed().stream()
                .filter(point -> !point.isAnn() && point.batch() == first.batch())
                .toList();
        page.section("exits", "Early exit")
                .paragraph("An image leaves as soon as the rule finds its answer settled. A rule that is easier to meet"
                        + " takes fewer steps and errs more; running all T steps is shown beside.");
        fixed.stream()
                .filter(point -> point.timeSteps() == first.timeSteps() && Double.isFinite(point.accuracy()))
                .findFirst()
                .ifPresent(full -> page.paragraph(saving(full)));
        List<LatencyPoint> all = new ArrayList<>(fixed);
        all.addAll(early);
        if (all.stream().anyMatch(point -> Double.isFinite(point.accuracy()))) {
            page.beginRow()
                    .half("exits", "whole", "All of the range")
                    .half("exits", "close", "From the earliest exits up")
                    .endRow();
        }
        page.table(LatencyTables.exits("Early exit, batch " + first.batch(), report));
    }

    /** @param full the run that takes all the steps that the rules may take */
    private String saving(LatencyPoint full) {
        String all = "all " + full.timeSteps() + " steps (" + Format.percent(full.accuracy()) + ")";
        return report.early().stream()
                .filter(point -> point.accuracy() >= full.accuracy() - LOSS - ROUNDING)
                .min(Comparator.comparingDouble(LatencyPoint::meanTimeSteps))
                .map(point -> "Within 0.1 points of " + all + " at a mean of "
                        + Format.decimal(point.meanTimeSteps(), 2) + " steps, by " + point.exit() + ".")
                .orElse("No rule measured here comes within 0.1 points of " + all + ".");
    }

    /** Spikes, operations and estimated energy of one image by T, against the ANN; they do not depend on the batch. */
    private void work() {
        List<LatencyPoint> points = ofSmallestBatch();
        if (points.stream().noneMatch(point -> Double.isFinite(point.image().nanojoules()))) {
            return;
        }
        page.section("work", "Spikes and energy")
                .table(LatencyTables.work("Spikes, operations and estimated energy of one image", points))
                .note(HtmlReport.ENERGY_SOURCE);
    }

    private void machine() {
        page.section("machine", "Machine and method")
                .settings("Machine", report.machine())
                .settings("Method", report.settings())
                .command(report.command())
                .note("At commit " + report.commit() + ". " + LatencyFiles.JSON + " and " + LatencyFiles.CSV
                        + " beside this file hold every figure shown here.");
    }
}
