package org.ambispike.bench;

import org.ambispike.common.BackendException;
import org.ambispike.common.InputException;
import picocli.CommandLine;

/** How the drivers read options and fail: one line, exit 2 for bad input, 1 for failure. */
final class BenchCommand {
    private BenchCommand() {}

    static int execute(Runnable command, String[] arguments) {
        return new CommandLine(command)
                .setCaseInsensitiveEnumValuesAllowed(true)
                .setExecutionExceptionHandler((failure, line, parsed) -> {
                    if (failure instanceof InputException || failure instanceof BackendException) {
                        System.err.println("bench: " + failure.getMessage());
                        return failure instanceof InputException ? 2 : 1;
                    }
                    throw failure;
                })
                .execute(arguments);
    }
}
