package org.ambispike.cli;

import java.nio.file.Path;
import org.ambispike.report.LatencyComparison;
import org.ambispike.report.LatencyFiles;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Two latency benchmarks side by side. */
@Command(
        name = "compare",
        abbreviateSynopsis = true,
        description =
                "Compares two latency benchmarks case by case: two runs, before and after a change, or ours and a "
                        + "peer's from bench/peers. Two figures are the same where their 95%% intervals overlap.",
        footer = {"", "EXAMPLE", "  ambispike bench compare before/latency.json after/latency.json --expect-same"})
final class BenchCompareCommand extends CliCommand {
    @Parameters(index = "0", paramLabel = "FIRST", description = "A latency.json.")
    private Path first;

    @Parameters(index = "1", paramLabel = "SECOND", description = "Another one.")
    private Path second;

    @Option(names = "--expect-same", description = "End with 1 unless all figures are the same.")
    private boolean expectSame;

    @Override
    public Integer call() {
        LatencyComparison comparison = LatencyComparison.of(LatencyFiles.read(first), LatencyFiles.read(second));
        out().print(comparison.table());
        int cases = comparison.pairs().size();
        out().println("the same within their intervals: " + comparison.agreeing() + " of " + cases
                + (comparison.unmatched() == 0 ? "" : "; only in one file: " + comparison.unmatched()));
        boolean same = comparison.agreeing() == cases && comparison.unmatched() == 0;
        return expectSame && !same ? Failures.FAILED : 0;
    }
}
