package org.ambispike.cli;

import java.io.BufferedWriter;
import java.io.OutputStreamWriter;
import java.io.PrintStream;
import java.io.PrintWriter;
import java.nio.charset.Charset;
import java.util.List;
import org.ambispike.common.Precision;
import org.ambispike.device.Device;
import org.ambispike.graph.NeuronVariant;
import org.ambispike.graph.ParameterRole;
import org.ambispike.paper.Profile;
import org.ambispike.train.LayerWeighting;
import picocli.CommandLine;

/** The entry point of the command line. */
public final class Main {
    private static final String LOG_LEVEL = "org.slf4j.simpleLogger.defaultLogLevel";
    /** The HDF5 library warns on every file, written or read, of what is no fault of it. */
    private static final String HDF5_LOG_LEVEL = "org.slf4j.simpleLogger.log.io.jhdf";
    /** The HTTP server warns of what clients do wrong, who are told so. */
    private static final String HTTP_LOG_LEVEL = "org.slf4j.simpleLogger.log.org.eclipse.jetty";

    private static final List<Class<? extends Enum<?>>> CHOICES = List.of(
            Device.Request.class,
            Precision.class,
            NetworkArgument.Network.class,
            RecipeOptions.Changes.class,
            Profile.class,
            NeuronVariant.class,
            CalibrateCommand.Method.class,
            ConvertCommand.ThresholdSource.class,
            LayerWeighting.class,
            CalibrationOptions.Loss.class,
            ParameterRole.class,
            ExportCommand.Format.class);

    private Main() {}

    public static void main(String[] arguments) {
        if (System.getProperty(LOG_LEVEL) == null) {
            System.setProperty(LOG_LEVEL, "warn");
            System.setProperty(HDF5_LOG_LEVEL, "error");
            System.setProperty(HTTP_LOG_LEVEL, "error");
        }
        Interrupts.endAtOnce();
        int code = run(arguments, System.out, System.err);
        if (System.out.checkError()) {
            System.err.println(
                    "ambispike: the output could not be written to its end: the disk is full, or who reads it stopped");
            code = Math.max(code, Failures.FAILED);
        }
        System.exit(code);
    }

    /**
     * Runs one command.
     *
     * @return 0 on success, 1 on failure, 2 on bad input, 130 after a request to stop
     */
    public static int run(String[] arguments, PrintStream out, PrintStream err) {
        CommandLine commandLine = commandLine().setOut(writer(out)).setErr(writer(err));
        Failures failures = new Failures(System.getenv("AMBISPIKE_TRACE") != null);
        commandLine.setParameterExceptionHandler(failures).setExecutionExceptionHandler(failures);
        try {
            return commandLine.execute(arguments);
        } catch (Throwable e) { // picocli hands on errors such as OutOfMemoryError
            return failures.report(e, commandLine);
        } finally {
            commandLine.getOut().flush();
            commandLine.getErr().flush();
        }
    }

    private static PrintWriter writer(PrintStream stream) {
        return new PrintWriter(
                new PrintableWriter(new BufferedWriter(new OutputStreamWriter(stream, Charset.defaultCharset()))),
                true);
    }

    /** The parser of all commands. Help has no colours: those are control characters, which no output has. */
    static CommandLine commandLine() {
        CommandLine commandLine = new CommandLine(new AmbispikeCommand())
                .setUsageHelpWidth(100)
                .setColorScheme(CommandLine.Help.defaultColorScheme(CommandLine.Help.Ansi.OFF));
        CHOICES.forEach(choice -> Choice.register(commandLine, choice));
        return commandLine;
    }
}
