package org.ambispike.report;

import java.nio.file.Path;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.ambispike.OutputError;
import org.ambispike.data.Dataset;
import org.ambispike.io.AtomicFiles;

/** The files of a comparison with targets. Every file is replaced atomically. */
public final class TargetFiles {
    private TargetFiles() {}

    /**
     * Writes {@link TargetReport} field by field as JSON, its rows as CSV, and a page with the curves. What has no value, such as
     * the signal-to-noise ratio of equal values, is null or empty.
     *
     * @param folder made if it is missing
     * @param stem of the files' names, for example {@code snn-outputs}
     * @return the files that were written
     */
    public static List<Path> write(Path folder, String stem, TargetReport report) {
        Path json = folder.resolve(stem + ".json");
        Path csv = folder.resolve(stem + ".csv");
        Path html = folder.resolve(stem + ".html");
        Json.write(json, report);
        AtomicFiles.writeText(csv, csv(report.rows()));
        AtomicFiles.writeText(html, html(report));
        return List.of(json, csv, html);
    }

    /** Writes the JSON alone. */
    public static void write(Path json, TargetReport report) {
        Json.write(json, report);
    }

    /** What the script draws from. */
    private record Data(TargetReport target) {}

    private static String html(TargetReport report) {
        HtmlPage page = new HtmlPage(
                        "Ambispike, results against targets", report.network() + " against " + report.target(), "")
                .facts(
                        "Images",
                        Dataset.portion(report.images(), report.images()) + " of " + report.dataset(),
                        "Device",
                        report.device(),
                        "Precision",
                        report.precision(),
                        "Commit",
                        report.commit());
        if (report.rows().stream().anyMatch(row -> row.relativeError() > 0 && Double.isFinite(row.relativeError()))) {
            page.section("error", "Relative error")
                    .paragraph("Norm of the difference from the target over the norm of the target.")
                    .chart("target", "relativeError", "Relative error against time steps");
        }
        if (report.rows().stream().anyMatch(row -> Double.isFinite(row.psnr()))) {
            page.section("psnr", "Peak signal-to-noise ratio")
                    .paragraph("10 log10 of the squared range over the mean squared difference; the table names the"
                            + " range.")
                    .chart("target", "psnr", "Peak signal-to-noise ratio against time steps");
        }
        page.section("figures", "All figures").table(rows(report));
        return page.section("again", "How it was measured")
                .command(report.command())
                .render(new Data(report));
    }

    private static String csv(List<OutputError> rows) {
        return rows.stream()
                .map(row -> Stream.of(row.relativeError(), row.psnr(), row.range(), row.agreement())
                        .map(value -> Double.isFinite(value) ? value.toString() : "")
                        .collect(Collectors.joining(",", row.output() + "," + row.timeSteps() + ",", "\n")))
                .collect(Collectors.joining("", "output,T,relativeError,psnr,range,agreement\n", ""));
    }

    /** Returns the rows as a plain table for a terminal, in whole lines. */
    public static String table(TargetReport report) {
        return rows(report).text();
    }

    private static Table rows(TargetReport report) {
        List<Table.Column<OutputError>> columns = List.of(
                new Table.Column<>("result", OutputError::output),
                new Table.Column<>("T", row -> Integer.toString(row.timeSteps())),
                new Table.Column<>("relative error", row -> Format.significant(row.relativeError())),
                new Table.Column<>("PSNR, dB", row -> Format.decimal(row.psnr(), 2)),
                new Table.Column<>("of range", row -> Format.significant(row.range())),
                new Table.Column<>("agreement, %", row -> Format.percentValue(row.agreement())));
        return Table.of("Errors by result and T", report.rows(), columns);
    }
}
