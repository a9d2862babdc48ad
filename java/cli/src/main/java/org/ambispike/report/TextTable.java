package org.ambispike.report;

import java.util.ArrayList;
import java.util.List;

/** Rows of text in aligned columns, two spaces apart: headings, a rule, then the rows; numbers to the right. */
public final class TextTable {
    private final List<List<String>> rows = new ArrayList<>();
    private final int leftAligned;

    /**
     * Begins a table.
     *
     * @param leftAligned how many columns from the first are text; the others are numbers
     */
    public TextTable(int leftAligned, List<String> headings) {
        this.leftAligned = leftAligned;
        rows.add(List.copyOf(headings));
    }

    /** @throws IllegalArgumentException if the row has not as many cells as there are headings */
    public TextTable row(List<String> cells) {
        if (cells.size() != rows.get(0).size()) {
            throw new IllegalArgumentException(
                    "a row of " + cells.size() + " cells under " + rows.get(0).size() + " headings");
        }
        rows.add(List.copyOf(cells));
        return this;
    }

    /** Lines that each end in a line feed and hold no trailing blanks. */
    public String render() {
        int[] widths = new int[rows.get(0).size()];
        for (List<String> row : rows) {
            for (int column = 0; column < widths.length; column++) {
                widths[column] = Math.max(widths[column], length(row.get(column)));
            }
        }
        List<String> rule = new ArrayList<>();
        for (int width : widths) {
            rule.add("─".repeat(width));
        }
        StringBuilder text = new StringBuilder();
        line(text, rows.get(0), widths);
        line(text, rule, widths);
        rows.subList(1, rows.size()).forEach(row -> line(text, row, widths));
        return text.toString();
    }

    private void line(StringBuilder text, List<String> cells, int[] widths) {
        StringBuilder line = new StringBuilder();
        for (int column = 0; column < widths.length; column++) {
            String cell = cells.get(column);
            String space = " ".repeat(widths[column] - length(cell));
            line.append(column == 0 ? "" : "  ").append(column < leftAligned ? cell + space : space + cell);
        }
        text.append(line.toString().stripTrailing()).append('\n');
    }

    private static int length(String cell) {
        return cell.codePointCount(0, cell.length());
    }
}
