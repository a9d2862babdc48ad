package org.ambispike.cli;

import java.io.FilterWriter;
import java.io.IOException;
import java.io.Writer;

/**
 * What commands print to: names come from files, and may hold what acts on a terminal (control characters, what changes the
 * direction of writing, other separators of lines), which is shown as question marks.
 */
final class PrintableWriter extends FilterWriter {
    PrintableWriter(Writer out) {
        super(out);
    }

    /** Returns the text with question marks for what would act on a terminal, line feeds and tabs left out. */
    static String printable(String text) {
        StringBuilder shown = new StringBuilder(text);
        for (int index = 0; index < text.length(); index++) {
            if (acts(text.charAt(index))) {
                shown.setCharAt(index, '?');
            }
        }
        return shown.toString();
    }

    private static boolean acts(char character) {
        return switch (Character.getType(character)) {
            case Character.CONTROL -> character != '\n' && character != '\t';
            case Character.FORMAT, Character.LINE_SEPARATOR, Character.PARAGRAPH_SEPARATOR -> true;
            default -> false;
        };
    }

    @Override
    public void write(int character) throws IOException {
        out.write(acts((char) character) ? '?' : character);
    }

    @Override
    public void write(char[] text, int from, int count) throws IOException {
        write(new String(text, from, count), 0, count);
    }

    @Override
    public void write(String text, int from, int count) throws IOException {
        out.write(printable(text.substring(from, from + count)));
    }
}
