package org.ambispike.report;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.ambispike.io.AtomicFiles;
import org.ambispike.paper.RunSummary;
import org.ambispike.train.MetricRow;

/** The files of a run's folder that a person or a script reads. Every file is replaced atomically. */
public final class Reports {
    private Reports() {}

    /**
     * Writes {@code summary.json}, {@code metrics.csv} unless it holds these rows already, and {@code report.html}.
     *
     * @param folder made if it is missing
     */
    public static void write(Path folder, RunSummary summary, List<MetricRow> metrics) {
        SummaryJson.write(folder.resolve(SummaryJson.FILE_NAME), summary);
        Path csv = folder.resolve(MetricsCsv.FILE_NAME);
        if (!Files.exists(csv) || !MetricsCsv.read(csv).equals(metrics)) {
            MetricsCsv.write(csv, metrics);
        }
        AtomicFiles.writeText(folder.resolve(HtmlReport.FILE_NAME), HtmlReport.render(summary, metrics));
    }

    /**
     * Draws {@code report.html} anew from the folder's {@code summary.json} and, where it exists, {@code metrics.csv}.
     *
     * @return the file that was written
     * @throws org.ambispike.common.InputException naming the file, if one is missing or malformed
     */
    public static Path rebuild(Path folder) {
        RunSummary summary = SummaryJson.read(folder.resolve(SummaryJson.FILE_NAME));
        Path csv = folder.resolve(MetricsCsv.FILE_NAME);
        List<MetricRow> metrics = Files.exists(csv) ? MetricsCsv.read(csv) : List.of();
        Path report = folder.resolve(HtmlReport.FILE_NAME);
        AtomicFiles.writeText(report, HtmlReport.render(summary, metrics));
        return report;
    }
}
