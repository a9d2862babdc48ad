package org.ambispike.cli;

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
     * @param values in place of each word that is {@code %}
     */
    static CommandLineRun typed(String line, Object... values) {
        Iterator<Object> next = List.of(values).iterator();
        return of(Stream.of(line.split(" "))
                .map(word -> word.equals("%") ? next.next().toString() : word)
                .toArray(String[]::new));
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
