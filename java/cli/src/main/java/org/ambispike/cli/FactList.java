package org.ambispike.cli;

import java.util.Map;
import org.ambispike.io.FileFault;

/** Labels and values as lines of text, the values aligned; long ones are broken between words and go on below. */
final class FactList {
    private static final int COLUMNS = 100;
    private static final int VALUE_COLUMN = 16;
    private static final int LABEL_COLUMNS = 36;
    private static final int VALUE_CHARACTERS = 1000;

    private FactList() {}

    /** The facts, each line ended. */
    static String text(Map<String, String> facts) {
        int longest = facts.keySet().stream().mapToInt(String::length).max().orElse(0);
        int indent = Math.max(VALUE_COLUMN, Math.min(LABEL_COLUMNS, longest) + 2);
        StringBuilder text = new StringBuilder();
        facts.forEach((label, value) -> {
            StringBuilder line = new StringBuilder(FileFault.printable(label, LABEL_COLUMNS));
            line.append(" ".repeat(indent - line.length()));
            for (String word : FileFault.printable(value, VALUE_CHARACTERS).split(" ")) {
                if (line.length() > indent && line.length() + word.length() > COLUMNS) {
                    text.append(line.toString().stripTrailing()).append('\n');
                    line = new StringBuilder(" ".repeat(indent));
                }
                line.append(word).append(' ');
            }
            text.append(line.toString().stripTrailing()).append('\n');
        });
        return text.toString();
    }
}
