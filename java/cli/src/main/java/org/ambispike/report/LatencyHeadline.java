package org.ambispike.report;

import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import org.ambispike.data.Dataset;
import org.ambispike.latency.LatencyPoint;
import org.ambispike.latency.LatencyReport;

/** The beginning of the page of a latency benchmark: what ran, and the figures that matter most. */
record LatencyHeadline(LatencyReport report) {
    private static final int MOST_POINTS = 6;

    String title() {
        return "Latency of " + report.network() + " on " + report.dataset();
    }

    void write(Markup out) {
        out.open("header");
        out.element("p", "Ambispike latency benchmark", "class", "eyebrow");
        out.element("h1", title());
        best().ifPresent(text -> out.element("p", text, "class", "lead"));
        out.open("dl", "class", "figures");
        for (LatencyPoint point : smallestBatch()) {
            Headline.figure(
                    out,
                    LatencyTables.name(point),
                    Format.significant(point.milliseconds().p50().value()) + " ms",
                    quality(point));
        }
        out.close();
        out.open("dl", "class", "facts");
        Headline.fact(out, "Figures above", "median time of a call, batch " + batch());
        Headline.fact(out, "Test images", Dataset.portion(report.testImages(), report.testImages()));
        Headline.fact(out, "ANN", report.ann());
        Headline.fact(out, "Device", report.device());
        Headline.fact(out, "Precision", report.precision());
        Headline.fact(out, "Commit", report.commit());
        out.close().close();
    }

    private String quality(LatencyPoint point) {
        if (report.byError()) {
            return "error " + Format.significant(point.relativeError());
        }
        return Double.isNaN(point.accuracy()) ? "" : Format.percent(point.accuracy());
    }

    private int batch() {
        return report.fixed().stream().mapToInt(LatencyPoint::batch).min().orElse(0);
    }

    private List<LatencyPoint> smallestBatch() {
        return report.fixed().stream()
                .filter(point -> point.batch() == batch())
                .limit(MOST_POINTS + 1L)
                .toList();
    }

    private Optional<String> best() {
        return report.fixed().stream()
                .filter(point -> !point.isAnn())
                .max(Comparator.comparingDouble(point -> point.imagesPerSecond().value()))
                .map(point -> "At most "
                        + Format.count(Math.round(point.imagesPerSecond().value())) + " images a second, with T = "
                        + point.timeSteps() + " and a batch of " + point.batch() + ".");
    }
}
