package org.ambispike.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.Charset;
import java.util.Iterator;
import java.util.List;
import java.util.stream.Stream;

/**
 * What a command printed and how it ended.
 *
 * @param code exit code
 */
record CommandLineRun(int code, String out, String err) {
    /**
     * Runs what is typed.
     *
     * @param values in place of each {@code %}, of which a word has one at most
     */
    static CommandLineRun typed(String line, Object... values) {
        Iterator<Object> next = List.of(values).iterator();
        return of(Stream.of(line.split(" "))
                .filter(word -> !word.isEmpty())
                .map(word -> word.contains("%") ? word.replace("%", next.next().toString()) : word)
                .toArray(String[]::new));
    }

    /** Runs what is typed, as {@link #typed}, which must succeed. */
    static CommandLineRun done(String line, Object... values) {
        CommandLineRun run = typed(line, values);
        assertThat(run.code).as(run.err).isZero();
        return run;
    }

    /** Runs what is typed, as {@link #typed}, which must be refused as bad input; returns the line that says why. */
    static String refused(String line, Object... values) {
        return typed(line, values).refusal();
    }

    /** Returns the line that says why it was refused as bad input, as it must have been. */
    String refusal() {
        assertThat(code).as(err).isEqualTo(2);
        assertThat(err).startsWith("ambispike: ").hasLineCount(1);
        return err;
    }

    static CommandLineRun of(String... arguments) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        ByteArrayOutputStream err = new ByteArrayOutputStream();
        int code = Main.run(
                arguments,
                new PrintStream(out, true, Charset.defaultCharset()),
                new PrintStream(err, true, Charset.defaultCharset()));
        return new CommandLineRun(code, out.toString(Charset.defaultCharset()), err.toString(Charset.defaultCharset()));
    }
}
