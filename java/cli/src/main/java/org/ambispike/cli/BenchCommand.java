package org.ambispike.cli;

import picocli.CommandLine.Command;
import picocli.CommandLine.ParameterException;

/** Benchmarks; it only lists them. */
@Command(
        name = "bench",
        abbreviateSynopsis = true,
        description = "Measures how fast spiking networks run, and how they tend to their ANNs.",
        synopsisSubcommandLabel = "COMMAND",
        commandListHeading = "%nCommands:%n",
        footer = {
            "",
            "EXAMPLE",
            "  ambispike bench latency runs/net4/snn-T4.safetensors --T 1,2,4,8",
            "  ambispike bench compare before/latency.json after/latency.json",
            "  ambispike bench convergence networks --neuron memory,pair"
        },
        subcommands = {BenchLatencyCommand.class, BenchCompareCommand.class, BenchConvergenceCommand.class})
final class BenchCommand extends CliCommand {
    @Override
    public Integer call() {
        throw new ParameterException(spec.commandLine(), "name a command: latency, compare or convergence");
    }
}
