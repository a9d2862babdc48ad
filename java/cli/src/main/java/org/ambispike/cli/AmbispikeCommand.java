package org.ambispike.cli;

import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** The command above all others; it only lists them. */
@Command(
        name = "ambispike",
        versionProvider = VersionText.class,
        mixinStandardHelpOptions = true,
        description = "Turns trained Leaky-ReLU networks into spiking networks with positive and negative spikes.",
        synopsisSubcommandLabel = "COMMAND",
        commandListHeading = "%nCommands:%n",
        optionListHeading = "%nOptions:%n",
        footer = {
            "",
            "EXAMPLE",
            "  ambispike reproduce net4       train, convert, calibrate and measure; the report is in runs/net4",
            "  ambispike COMMAND --help       all options of a command, with an example",
            "",
            "Exit codes: 0 done, 1 failed, 2 bad input, 130 stopped with Ctrl-C."
        },
        subcommands = {
            ReproduceCommand.class,
            TrainCommand.class,
            ImportCommand.class,
            OptimizeCommand.class,
            ConvertCommand.class,
            CalibrateCommand.class,
            EvaluateCommand.class,
            ExportCommand.class,
            ServeCommand.class,
            ReportCommand.class,
            CompareCommand.class,
            BenchCommand.class,
            InspectCommand.class,
            DoctorCommand.class
        })
final class AmbispikeCommand implements Runnable {
    @Spec
    private CommandSpec spec;

    @Override
    public void run() {
        throw new ParameterException(spec.commandLine(), "name a command");
    }
}
