package org.ambispike.cli;

import picocli.CommandLine.Option;

/** What every command has. */
final class HelpOption {
    @Option(names = "--help", usageHelp = true, description = "Show this help.")
    private boolean help;
}
