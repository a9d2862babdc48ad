package org.ambispike.cli;

import java.nio.file.Path;
import org.ambispike.report.Reports;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

/** Draws the report of a finished run anew. */
@Command(
        name = "report",
        abbreviateSynopsis = true,
        description = "Draws report.html anew from a run's summary.json and metrics.csv.",
        footer = {"", "EXAMPLE", "  ambispike report runs/net4"})
final class ReportCommand extends CliCommand {
    @Parameters(paramLabel = "DIR", description = "Folder of the run.")
    private Path folder;

    @Override
    public Integer call() {
        out().println(Reports.rebuild(folder));
        return 0;
    }
}
