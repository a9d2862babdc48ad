package org.ambispike.report;

import java.nio.file.Path;
import java.util.List;
import org.ambispike.io.AtomicFiles;
import org.ambispike.latency.LatencyPoint;
import org.ambispike.latency.LatencyReport;

/** The files of a latency benchmark. Every file is replaced atomically. */
public final class LatencyFiles {
    public static final String JSON = "latency.json";
    public static final String CSV = "latency.csv";
    public static final String HTML = "latency.html";

    private static final List<Table.Column<LatencyPoint>> COLUMNS = List.of(
            Table.column("network", LatencyPoint::network),
            Table.column("precision", LatencyPoint::precision),
            Table.number("T", LatencyPoint::timeSteps),
            Table.column("exit", LatencyPoint::exit),
            Table.number("batch", LatencyPoint::batch),
            Table.number("accuracy", LatencyPoint::accuracy),
            Table.number("meanTimeSteps", LatencyPoint::meanTimeSteps),
            Table.number("calls", point -> point.milliseconds().calls()),
            Table.number("p50Milliseconds", point -> point.milliseconds().p50().value()),
            Table.number("p50Low", point -> point.milliseconds().p50().low()),
            Table.number("p50High", point -> point.milliseconds().p50().high()),
            Table.number("p95Milliseconds", point -> point.milliseconds().p95()),
            Table.number("p99Milliseconds", point -> point.milliseconds().p99()),
            Table.number("meanMilliseconds", point -> point.milliseconds().mean()),
            Table.number("imagesPerSecond", point -> point.imagesPerSecond().value()),
            Table.number("imagesPerSecondLow", point -> point.imagesPerSecond().low()),
            Table.number("imagesPerSecondHigh", point -> point.imagesPerSecond().high()),
            Table.number("deviceBytes", point -> point.memory().deviceBytes()),
            Table.number("residentBytes", point -> point.memory().residentBytes()),
            Table.number("spikes", point -> point.image().spikes()),
            Table.number("synapticOperations", point -> point.image().synapticOperations()),
            Table.number("multiplyAccumulates", point -> point.image().multiplyAccumulates()),
            Table.number("nanojoules", point -> point.image().nanojoules()),
            Table.number("relativeError", LatencyPoint::relativeError));

    private LatencyFiles() {}

    /**
     * Writes {@link LatencyReport} field by field as JSON, its points as CSV, and the page.
     *
     * @param folder made if it is missing
     * @return the files that were written
     */
    public static List<Path> write(Path folder, LatencyReport report) {
        Path json = folder.resolve(JSON);
        Path csv = folder.resolve(CSV);
        Path html = folder.resolve(HTML);
        Json.write(json, report);
        AtomicFiles.writeText(csv, Table.of("", report.points(), COLUMNS).csv());
        AtomicFiles.writeText(html, LatencyPage.render(report));
        return List.of(json, csv, html);
    }

    /** @throws org.ambispike.common.InputException naming the file, if it is missing, malformed or lacks a field */
    public static LatencyReport read(Path file) {
        return Json.read(file, LatencyReport.class, "points", "relativeError");
    }
}
