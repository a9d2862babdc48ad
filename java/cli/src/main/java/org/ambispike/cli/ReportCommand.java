package org.ambispike.cli;

import java.nio.file.Path;
import java.util.concurrent.Callable;
import org.ambispike.report.Reports;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Draws the report of a finished run anew. */
@Command(
        name = "report",
        abbreviateSynopsis = true,
        description = "Draws report.html anew from a run's summary.json and metrics.csv.",
        footer = {"", "EXAMPLE", "  ambispike report runs/net4"})
final class ReportCommand implements Callable<Integer> {
    @Spec
    private CommandSpec spec;

    @Parameters(paramLabel = "DIR", description = "Folder of the run.")
    private Path folder;

    @Mixin
    private HelpOption help;

    @Override
    public Integer call() {
        spec.commandLine().getOut().println(Reports.rebuild(folder));
        return 0;
    }
}
