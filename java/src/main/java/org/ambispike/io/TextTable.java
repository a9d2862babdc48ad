package org.ambispike.io;

import java.util.ArrayList;
import java.util.List;

/** Rows of text in aligned columns, two spaces apart: a heading row, then the rows; numbers to the right. */
final class TextTable {
    private final List<List<String>> rows = new ArrayList<>();
    private final int leftAligned;

    /**
     * @param leftAligned how many columns from the first are text; the others are numbers
     * @param headings the first row
     */
    TextTable(int leftAligned, String... headings) {
        this.leftAligned = leftAligned;
        rows.add(List.of(headings));
    }

    /** @throws IllegalArgumentException if the row has not as many cells as there are headings */
    TextTable row(String... cells) {
        if (cells.length != rows.get(0).size()) {
            throw new IllegalArgumentException(
                    cells.length + " cells for " + rows.get(0).size() + " columns");
        }
        rows.add(List.of(cells));
        return this;
    }

    /** The table, each line ended. */
    @Override
    public String toString() {
        int columns = rows.get(0).size();
        int[] widths = new int[columns];
        for (List<String> row : rows) {
            for (int column = 0; column < columns; column++) {
                widths[column] = Math.max(widths[column], row.get(column).length());
            }
        }
        StringBuilder text = new StringBuilder();
        for (List<String> row : rows) {
            StringBuilder line = new StringBuilder();
            for (int column = 0; column < columns; column++) {
                String cell = row.get(column);
                String space = " ".repeat(widths[column] - cell.length());
                line.append(column == 0 ? "" : "  ").append(column < leftAligned ? cell + space : space + cell);
            }
            text.append(line.toString().stripTrailing()).append('\n');
        }
        return text.toString();
    }
}
