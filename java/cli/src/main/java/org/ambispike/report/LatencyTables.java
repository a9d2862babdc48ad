package org.ambispike.report;

import static org.ambispike.report.Table.column;

import java.util.List;
import java.util.function.Function;
import org.ambispike.latency.Interval;
import org.ambispike.latency.LatencyPoint;
import org.ambispike.latency.LatencyReport;
import org.ambispike.report.Table.Column;

/** A latency benchmark as tables, for the page and, in whole lines, for a terminal. */
public final class LatencyTables {
    private static final double MEBIBYTE = 1 << 20;

    private static final Column<LatencyPoint> NETWORK = column("network", LatencyTables::name);
    private static final Column<LatencyPoint> BATCH = column("batch", point -> Integer.toString(point.batch()));
    private static final Column<LatencyPoint> RULE = column("rule", LatencyPoint::exit);
    private static final Column<LatencyPoint> MOST_STEPS =
            column("T at most", point -> Integer.toString(point.timeSteps()));
    private static final Column<LatencyPoint> MEAN_STEPS =
            column("mean T", point -> Format.decimal(point.meanTimeSteps(), 2));
    private static final Column<LatencyPoint> ACCURACY =
            column("accuracy, %", point -> Format.percentValue(point.accuracy()));
    private static final Column<LatencyPoint> ERROR =
            column("relative error", point -> Format.significant(point.relativeError()));
    private static final Column<LatencyPoint> MEAN =
            number("mean, ms", point -> point.milliseconds().mean());
    private static final Column<LatencyPoint> P50 =
            number("p50, ms", point -> point.milliseconds().p50().value());
    private static final Column<LatencyPoint> P50_INTERVAL =
            column("interval", point -> interval(point.milliseconds().p50()));
    private static final Column<LatencyPoint> P95 =
            number("p95, ms", point -> point.milliseconds().p95());
    private static final Column<LatencyPoint> P99 =
            number("p99, ms", point -> point.milliseconds().p99());
    private static final Column<LatencyPoint> SPEED =
            number("images/s", point -> point.imagesPerSecond().value());
    private static final Column<LatencyPoint> SPEED_INTERVAL =
            column("interval", point -> interval(point.imagesPerSecond()));
    private static final Column<LatencyPoint> CALLS =
            column("calls", point -> Format.count(point.milliseconds().calls()));
    private static final Column<LatencyPoint> DEVICE_MEMORY =
            number("device MiB", point -> point.memory().deviceBytes() / MEBIBYTE);
    private static final Column<LatencyPoint> PEAK_MEMORY =
            number("peak MiB", point -> point.memory().residentBytes() / MEBIBYTE);
    private static final Column<LatencyPoint> SPIKES =
            column("spikes", point -> Format.operations(point.image().spikes()));
    private static final Column<LatencyPoint> ACCUMULATIONS = column(
            "spike accumulations", point -> Format.operations(point.image().synapticOperations()));
    private static final Column<LatencyPoint> MACS =
            column("MACs", point -> Format.operations(point.image().multiplyAccumulates()));
    private static final Column<LatencyPoint> ENERGY =
            column("energy", point -> Format.energy(point.image().nanojoules()));

    private LatencyTables() {}

    private static Column<LatencyPoint> number(String heading, Function<LatencyPoint, Double> value) {
        return column(heading, value.andThen(Format::significant));
    }

    /** Returns every T and batch, and the ANN, for a terminal. */
    public static String fixed(LatencyReport report) {
        List<Column<LatencyPoint>> columns = List.of(
                NETWORK,
                BATCH,
                report.byError() ? ERROR : ACCURACY,
                P50,
                P50_INTERVAL,
                P95,
                P99,
                SPEED,
                SPEED_INTERVAL,
                DEVICE_MEMORY,
                PEAK_MEMORY,
                SPIKES,
                ACCUMULATIONS,
                ENERGY);
        return Table.of("", report.fixed(), columns).text(1);
    }

    /** Returns early exits, for a terminal. */
    public static String early(LatencyReport report) {
        return exits("", report).text(1);
    }

    static Table exits(String caption, LatencyReport report) {
        List<Column<LatencyPoint>> columns = List.of(
                RULE,
                MOST_STEPS,
                BATCH,
                MEAN_STEPS,
                ACCURACY,
                MEAN,
                P50,
                P50_INTERVAL,
                P95,
                P99,
                SPEED,
                SPEED_INTERVAL);
        return Table.of(caption, report.early(), columns);
    }

    static Table pareto(String caption, boolean byError, List<LatencyPoint> points, List<LatencyPoint> front) {
        Column<LatencyPoint> network =
                column("network", point -> name(point) + (point.exits() ? ", " + point.exit() : ""));
        Column<LatencyPoint> beaten = column("beaten", point -> front.contains(point) ? "no" : "yes");
        return Table.of(caption, points, List.of(network, MEAN_STEPS, byError ? ERROR : ACCURACY, MEAN, beaten));
    }

    static Table throughput(String caption, LatencyReport report) {
        List<Column<LatencyPoint>> columns = List.of(
                NETWORK, BATCH, P50, P50_INTERVAL, P95, P99, SPEED, SPEED_INTERVAL, CALLS, DEVICE_MEMORY, PEAK_MEMORY);
        return Table.of(caption, report.fixed(), columns);
    }

    /** Returns what an image takes of each network, and how that is to the ANN's energy. */
    static Table work(String caption, List<LatencyPoint> points) {
        double ann = points.stream()
                .filter(LatencyPoint::isAnn)
                .mapToDouble(point -> point.image().nanojoules())
                .findFirst()
                .orElse(Double.NaN);
        Column<LatencyPoint> against =
                column("against ANN", point -> Format.decimal(point.image().nanojoules() / ann, 2));
        return Table.of(caption, points, List.of(NETWORK, SPIKES, ACCUMULATIONS, MACS, ENERGY, against));
    }

    /** {@code ANN, f32} or {@code SNN, T = 4}: the ANN's precision may be another than the one asked for. */
    static String name(LatencyPoint point) {
        return point.isAnn() ? "ANN, " + point.precision() : "SNN, T = " + point.timeSteps();
    }

    static String interval(Interval interval) {
        return Format.significant(interval.low()) + " to " + Format.significant(interval.high());
    }
}
