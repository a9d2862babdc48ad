package org.ambispike.report;

import java.nio.file.Path;
import java.util.List;
import org.ambispike.io.AtomicFiles;
import org.ambispike.latency.LatencyReport;

/** The files of a latency benchmark. Every file is replaced atomically. */
public final class LatencyFiles {
    public static final String JSON = "latency.json";
    public static final String CSV = "latency.csv";
    public static final String HTML = "latency.html";

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
        AtomicFiles.writeText(csv, LatencyCsv.text(report.points()));
        AtomicFiles.writeText(html, LatencyPage.render(report));
        return List.of(json, csv, html);
    }

    /** @throws org.ambispike.common.InputException naming the file, if it is missing, malformed or lacks a field */
    public static LatencyReport read(Path file) {
        return Json.read(file, LatencyReport.class, "points", "relativeError");
    }
}
