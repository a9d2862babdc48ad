package org.ambispike.io;

import java.nio.file.Path;
import org.ambispike.common.InputException;

/** The wording of what is wrong with a file: one line of bounded length, whatever the file's names contain. */
public final class FileFault {
    private static final int MESSAGE_LENGTH = 500;
    private static final int NAME_LENGTH = 80;

    private FileFault() {}

    /** An exception that names the file and then what is wrong with it. */
    public static InputException of(Path file, String what) {
        return new InputException(message(file, what));
    }

    /** The same with what led to it. */
    public static InputException of(Path file, String what, Throwable cause) {
        return new InputException(message(file, what), cause);
    }

    private static String message(Path file, String what) {
        return printable(file.toString(), Integer.MAX_VALUE) + ": " + printable(what, MESSAGE_LENGTH);
    }

    /** A name from a file, in quotes, fit for a line of text. */
    public static String quoted(String name) {
        return "'" + printable(name, NAME_LENGTH) + "'";
    }

    /**
     * The text cut to a length, without characters that would act on a terminal: control characters, line ends and what
     * changes the direction of writing.
     */
    public static String printable(String text, int length) {
        String line =
                text.replaceAll("[\\p{Cc}\\p{Cf}\\p{Cs}\\p{Zl}\\p{Zp}]+", " ").strip();
        return line.length() <= length ? line : line.substring(0, length - 3) + "...";
    }
}
