package org.ambispike.cli;

import java.io.PrintWriter;
import java.util.concurrent.Callable;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** What every command has: help, and where it prints. */
abstract class CliCommand implements Callable<Integer> {
    @Spec
    CommandSpec spec;

    @Option(names = "--help", usageHelp = true, description = "Show this help.")
    private boolean help;

    final PrintWriter out() {
        return spec.commandLine().getOut();
    }

    final PrintWriter err() {
        return spec.commandLine().getErr();
    }

    /** Returns the whole line that was typed, which repeats what was done. */
    final String typed() {
        return "ambispike "
                + String.join(" ", spec.root().commandLine().getParseResult().originalArgs());
    }

    /** @throws ParameterException with the message, unless what options were given is fine */
    final void require(boolean fine, String message) {
        Values.require(spec, fine, message);
    }
}
