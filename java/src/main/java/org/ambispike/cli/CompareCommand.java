package org.ambispike.cli;

import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Callable;
import org.ambispike.report.SeedComparison;
import org.ambispike.report.SummaryJson;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Mean and spread over runs that differ in their seed. */
@Command(
        name = "compare",
        abbreviateSynopsis = true,
        description = "Prints mean and spread over runs of several seeds, as Markdown tables.",
        footer = {"", "EXAMPLE", "  ambispike compare runs/full-1 runs/full-2 runs/full-3"})
final class CompareCommand implements Callable<Integer> {
    @Spec
    private CommandSpec spec;

    @Parameters(paramLabel = "DIR", arity = "1..*", description = "Folders of finished runs.")
    private List<Path> folders;

    @Mixin
    private HelpOption help;

    @Override
    public Integer call() {
        SeedComparison comparison = new SeedComparison(folders.stream()
                .map(folder -> SummaryJson.read(folder.resolve(SummaryJson.FILE_NAME)))
                .toList());
        spec.commandLine().getOut().print(comparison.markdown());
        return 0;
    }
}
