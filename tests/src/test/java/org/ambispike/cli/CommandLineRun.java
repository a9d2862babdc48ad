package org.ambispike.cli;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.Charset;

/**
 * What a command printed and how it ended.
 *
 * @param code exit code
 */
record CommandLineRun(int code, String out, String err) {
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
