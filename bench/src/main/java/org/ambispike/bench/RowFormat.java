package org.ambispike.bench;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.OptionalDouble;

/** Measurements as text for a terminal, as Markdown, and as CSV. */
final class RowFormat {
    private static final List<String> HEADING = List.of("what", "time, ms", "floor, ms", "ratio", "bound");

    private RowFormat() {}

    static String text(List<Row> rows) {
        StringBuilder text = new StringBuilder();
        for (String section : sections(rows)) {
            List<List<String>> cells = cells(rows, section);
            int[] widths = widths(cells);
            text.append('\n').append(section).append('\n');
            for (List<String> line : cells) {
                text.append(line(line, widths, "  ").stripTrailing()).append('\n');
            }
        }
        return text.toString();
    }

    static String markdown(List<Row> rows) {
        StringBuilder text = new StringBuilder();
        for (String section : sections(rows)) {
            text.append("\n### ").append(section).append("\n\n");
            List<List<String>> cells = cells(rows, section);
            cells.add(1, List.of("---", "---:", "---:", "---:", "---"));
            for (List<String> line : cells) {
                text.append("| ").append(String.join(" | ", line)).append(" |\n");
            }
        }
        return text.toString();
    }

    static String csv(List<Row> rows, String commit, String machine) {
        StringBuilder text =
                new StringBuilder("commit,machine,section,what,milliseconds,floor_milliseconds,ratio,bound\n");
        for (Row row : rows) {
            text.append(String.join(
                            ",",
                            quoted(commit),
                            quoted(machine),
                            quoted(row.section()),
                            quoted(row.what()),
                            String.format(Locale.ROOT, "%.6f", row.milliseconds()),
                            number("%.6f", row.floor()),
                            number("%.4f", row.ratio()),
                            quoted(row.bound())))
                    .append('\n');
        }
        return text.toString();
    }

    private static List<String> sections(List<Row> rows) {
        return rows.stream().map(Row::section).distinct().toList();
    }

    private static List<List<String>> cells(List<Row> rows, String section) {
        List<List<String>> cells = new ArrayList<>();
        cells.add(HEADING);
        for (Row row : rows) {
            if (row.section().equals(section)) {
                cells.add(List.of(
                        row.what(),
                        String.format(Locale.ROOT, "%.3f", row.milliseconds()),
                        number("%.3f", row.floor()),
                        number("%.2f", row.ratio()),
                        row.bound()));
            }
        }
        return cells;
    }

    private static String number(String format, OptionalDouble value) {
        return value.isPresent() ? String.format(Locale.ROOT, format, value.getAsDouble()) : "";
    }

    private static String quoted(String text) {
        return '"' + text.replace("\"", "\"\"") + '"';
    }

    private static int[] widths(List<List<String>> cells) {
        int[] widths = new int[HEADING.size()];
        for (List<String> line : cells) {
            Arrays.setAll(
                    widths, column -> Math.max(widths[column], line.get(column).length()));
        }
        return widths;
    }

    /** Names and bounds to the left, numbers to the right. */
    private static String line(List<String> cells, int[] widths, String gap) {
        StringBuilder line = new StringBuilder();
        for (int column = 0; column < widths.length; column++) {
            boolean left = column == 0 || column == widths.length - 1;
            line.append(gap).append(String.format((left ? "%-" : "%") + widths[column] + "s", cells.get(column)));
        }
        return line.toString();
    }
}
