package org.ambispike.report;

import java.util.List;
import org.ambispike.latency.Interval;
import org.ambispike.latency.LatencyPoint;
import org.ambispike.latency.LatencyReport;

/** A latency benchmark as plain tables for a terminal. Every method returns whole lines. */
public final class LatencyTables {
    private static final double MEBIBYTE = 1 << 20;

    private LatencyTables() {}

    /** Every T and batch, and the ANN. */
    public static String fixed(LatencyReport report) {
        TextTable table = new TextTable(
                1,
                List.of(
                        "network",
                        "batch",
                        report.byError() ? "relative error" : "accuracy, %",
                        "p50, ms",
                        "interval",
                        "p95, ms",
                        "p99, ms",
                        "images/s",
                        "interval",
                        "device MiB",
                        "peak MiB",
                        "spikes",
                        "synaptic op.",
                        "energy"));
        for (LatencyPoint point : report.fixed()) {
            table.row(List.of(
                    name(point),
                    Integer.toString(point.batch()),
                    report.byError()
                            ? Format.significant(point.relativeError())
                            : Format.percentValue(point.accuracy()),
                    Format.significant(point.milliseconds().p50().value()),
                    interval(point.milliseconds().p50()),
                    Format.significant(point.milliseconds().p95()),
                    Format.significant(point.milliseconds().p99()),
                    Format.significant(point.imagesPerSecond().value()),
                    interval(point.imagesPerSecond()),
                    Format.significant(point.memory().deviceBytes() / MEBIBYTE),
                    Format.significant(point.memory().residentBytes() / MEBIBYTE),
                    point.isAnn()
                            ? Format.MISSING
                            : Format.operations(point.image().spikes()),
                    point.isAnn()
                            ? Format.MISSING
                            : Format.operations(point.image().synapticOperations()),
                    Format.energy(point.image().nanojoules())));
        }
        return table.render();
    }

    /** Early exits. */
    public static String early(LatencyReport report) {
        TextTable table = new TextTable(
                1,
                List.of(
                        "exit",
                        "T at most",
                        "batch",
                        "mean T",
                        "accuracy, %",
                        "mean, ms",
                        "p50, ms",
                        "interval",
                        "p95, ms",
                        "p99, ms",
                        "images/s",
                        "interval"));
        for (LatencyPoint point : report.early()) {
            table.row(List.of(
                    point.exit(),
                    Integer.toString(point.timeSteps()),
                    Integer.toString(point.batch()),
                    Format.decimal(point.meanTimeSteps(), 2),
                    Format.percentValue(point.accuracy()),
                    Format.significant(point.milliseconds().mean()),
                    Format.significant(point.milliseconds().p50().value()),
                    interval(point.milliseconds().p50()),
                    Format.significant(point.milliseconds().p95()),
                    Format.significant(point.milliseconds().p99()),
                    Format.significant(point.imagesPerSecond().value()),
                    interval(point.imagesPerSecond())));
        }
        return table.render();
    }

    /** {@code ANN, f32} or {@code SNN, T = 4}: the ANN's precision may be another than the one asked for. */
    static String name(LatencyPoint point) {
        return point.isAnn() ? "ANN, " + point.precision() : "SNN, T = " + point.timeSteps();
    }

    static String interval(Interval interval) {
        return Format.significant(interval.low()) + " to " + Format.significant(interval.high());
    }
}
