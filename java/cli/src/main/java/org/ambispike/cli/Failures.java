package org.ambispike.cli;

import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CancellationException;
import org.ambispike.common.AnswerException;
import org.ambispike.common.BackendException;
import org.ambispike.common.InputException;
import org.ambispike.common.LibraryException;
import org.ambispike.common.PrecisionException;
import org.ambispike.common.Version;
import org.ambispike.io.FileFault;
import org.ambispike.train.NotFiniteException;
import picocli.CommandLine;
import picocli.CommandLine.IExecutionExceptionHandler;
import picocli.CommandLine.IParameterExceptionHandler;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.ParseResult;
import picocli.CommandLine.UnmatchedArgumentException;

/**
 * Turns whatever went wrong into one line and an exit code: 2 for bad input, 130 for a request to stop, else 1 with the
 * stack trace in a file.
 *
 * @param trace also print the stack trace
 */
record Failures(boolean trace) implements IParameterExceptionHandler, IExecutionExceptionHandler {
    static final int FAILED = 1;
    static final int BAD_INPUT = 2;
    static final int STOPPED = 130;
    private static final String UNREADABLE = "reading or writing failed: ";
    private static final String LOG_NAME = "ambispike-error.log";

    @Override
    public int handleParseException(ParameterException e, String[] arguments) {
        CommandLine command = e.getCommandLine();
        String name = command.getCommandSpec().qualifiedName();
        String message = e.getMessage();
        if (e instanceof UnmatchedArgumentException unmatched) {
            List<String> words = unmatched.getSuggestions();
            String word = unmatched.getUnmatched().get(0);
            String kind =
                    word.startsWith("-") ? "option" : command.getSubcommands().isEmpty() ? "argument" : "command";
            message = "unknown " + kind + " '" + word + "'"
                    + (words.isEmpty() ? "" : "; did you mean " + String.join(" or ", words) + "?");
        }
        say(command, message + " (see " + name + " --help)");
        printTrace(command, e);
        return BAD_INPUT;
    }

    @Override
    public int handleExecutionException(Exception e, CommandLine command, ParseResult result) {
        return report(e, command);
    }

    /** Says what went wrong in a command and returns the exit code. */
    int report(Throwable thrown, CommandLine command) {
        Throwable e = thrown instanceof UncheckedIOException unchecked ? unchecked.getCause() : thrown;
        printTrace(command, e);
        if (e instanceof InputException || e instanceof PrecisionException || e instanceof LibraryException) {
            say(command, (e instanceof AnswerException ? model(command) : "") + e.getMessage());
            return BAD_INPUT;
        }
        if (e instanceof CancellationException) {
            say(command, e.getMessage());
            return STOPPED;
        }
        if (e instanceof NotFiniteException) {
            say(command, e.getMessage());
            return FAILED;
        }
        say(command, inWords(thrown, e) + writeLog(e, command));
        return FAILED;
    }

    /** What was thrown may say more than its cause: which file could not be read or written. */
    private static String inWords(Throwable thrown, Throwable cause) {
        String words = inWords(cause);
        String said = String.valueOf(thrown.getMessage());
        if (thrown == cause || !words.startsWith(UNREADABLE) || said.equals(cause.toString())) {
            return words;
        }
        String why = String.valueOf(cause.getMessage());
        return said.contains(why) ? said : said + ": " + why;
    }

    private static String inWords(Throwable e) {
        String message = Optional.ofNullable(e.getMessage()).orElse("no further message");
        if (e instanceof OutOfMemoryError) {
            return "out of memory (" + message + "); give Java more with AMBISPIKE_JAVA_OPTS=-Xmx4g";
        } else if (e instanceof BackendException) {
            return "the device failed: " + message;
        } else if (e instanceof NoSuchFileException) {
            return "no such file or folder: " + message;
        } else if (e instanceof AccessDeniedException) {
            return "no permission for " + message;
        } else if (e instanceof FileAlreadyExistsException) {
            return "a file is in the way: " + message;
        } else if (e instanceof IOException) {
            return UNREADABLE + message;
        } else if (e instanceof LinkageError) {
            return "a library could not be loaded: " + message;
        }
        return "internal error, " + e.getClass().getSimpleName() + ": " + message;
    }

    private String writeLog(Throwable e, CommandLine command) {
        String text = Instant.now() + " " + Version.current() + System.lineSeparator() + stackTrace(e);
        try {
            Path log = log(command);
            Files.writeString(log, text, StandardCharsets.UTF_8);
            return " (details in " + log + ")";
        } catch (IOException unwritable) {
            return " (details with AMBISPIKE_TRACE=1)";
        }
    }

    /** In the folder of --out where the command has one that exists; else a new file, whose name nobody can foresee. */
    private static Path log(CommandLine command) throws IOException {
        Optional<Path> folder = folder(command);
        return folder.isPresent() ? folder.get().resolve(LOG_NAME) : Files.createTempFile("ambispike-error-", ".log");
    }

    /** The name of the model file that a command reads. */
    private static String model(CommandLine command) {
        return last(command).getCommandSpec().positionalParameters().stream()
                .filter(argument -> argument.paramLabel().equals("MODEL") && argument.getValue() != null)
                .map(argument -> argument.getValue() + ": ")
                .findFirst()
                .orElse("");
    }

    private static CommandLine last(CommandLine command) {
        CommandLine last = command;
        while (last.getParseResult() != null && last.getParseResult().hasSubcommand()) {
            last = last.getParseResult().subcommand().commandSpec().commandLine();
        }
        return last;
    }

    private static Optional<Path> folder(CommandLine command) {
        return Optional.ofNullable(last(command).getCommandSpec().findOption("--out"))
                .flatMap(option -> (Optional<?>) option.getValue())
                .map(Path.class::cast)
                .filter(Files::isDirectory);
    }

    private void printTrace(CommandLine command, Throwable e) {
        if (trace) {
            command.getErr().print(stackTrace(e));
        }
    }

    private static String stackTrace(Throwable e) {
        StringWriter text = new StringWriter();
        e.printStackTrace(new PrintWriter(text));
        return text.toString();
    }

    /** Prints one line, whatever the message holds. */
    private static void say(CommandLine command, String message) {
        String line = message.strip().replaceAll("\\s*\\R\\s*", "; ");
        command.getErr().println("ambispike: " + FileFault.printable(line, Integer.MAX_VALUE));
        command.getErr().flush();
    }
}
