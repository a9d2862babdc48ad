package org.ambispike.report;

import java.nio.file.Path;
import java.util.List;
import org.ambispike.OutputError;
import org.ambispike.data.Dataset;
import org.ambispike.io.AtomicFiles;

/** The files of a comparison with targets. Every file is replaced atomically. */
public final class TargetFiles {
    private static final List<Table.Column<OutputError>> SHOWN = List.of(
            Table.column("result", OutputError::output),
            Table.column("T", row -> Integer.toString(row.timeSteps())),
            Table.column("relative error", row -> Format.significant(row.relativeError())),
            Table.column("PSNR, dB", row -> Format.decimal(row.psnr(), 2)),
            Table.column("of range", row -> Format.significant(row.range())),
            Table.column("agreement, %", row -> Format.percentValue(row.agreement())));
    private static final List<Table.Column<OutputError>> CSV = List.of(
            Table.column("output", OutputError::output),
            Table.number("T", OutputError::timeSteps),
            Table.number("relativeError", OutputError::relativeError),
            Table.number("psnr", OutputError::psnr),
            Table.number("range", OutputError::range),
            Table.number("agreement", OutputError::agreement));

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
        AtomicFiles.writeText(csv, Table.of("", report.rows(), CSV).csv());
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
                .fact("Images", Dataset.portion(report.images(), report.images()) + " of " + report.dataset())
                .fact("Device", report.device())
                .fact("Precision", report.precision())
                .fact("Commit", report.commit());
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

    /** Returns the rows as a plain table for a terminal, in whole lines. */
    public static String table(TargetReport report) {
        return rows(report).text(1);
    }

    private static Table rows(TargetReport report) {
        return Table.of("Errors by result and T", report.rows(), SHOWN);
    }
}
