package org.ambispike.report;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.stream.Collectors;

/** A table of plain text: the first column to the left, the others to the right, two blanks between. */
final class TextTable {
    private static final String GAP = "  ";

    private final List<List<String>> rows = new ArrayList<>();

    TextTable(List<String> heading) {
        rows.add(List.copyOf(heading));
    }

    /** @throws IllegalArgumentException if the row has not the heading's number of cells */
    void row(List<String> cells) {
        if (cells.size() != rows.get(0).size()) {
            throw new IllegalArgumentException(
                    "a row of " + cells.size() + " cells under " + rows.get(0).size() + " headings");
        }
        rows.add(List.copyOf(cells));
    }

    /** Lines that each end in a line feed and hold no trailing blanks. */
    String render() {
        List<Integer> widths = new ArrayList<>();
        for (int column = 0; column < rows.get(0).size(); column++) {
            int index = column;
            widths.add(rows.stream().mapToInt(r -> length(r.get(index))).max().orElse(0));
        }
        List<String> rule = widths.stream().map(w -> "─".repeat(w)).collect(Collectors.toCollection(ArrayList::new));
        List<List<String>> all = new ArrayList<>(rows);
        all.addAll(1, Collections.singletonList(rule));
        StringBuilder text = new StringBuilder();
        for (List<String> row : all) {
            StringBuilder line = new StringBuilder();
            for (int column = 0; column < row.size(); column++) {
                String cell = row.get(column);
                String padding = " ".repeat(widths.get(column) - length(cell));
                line.append(column == 0 ? cell + padding : GAP + padding + cell);
            }
            text.append(line.toString().stripTrailing()).append('\n');
        }
        return text.toString();
    }

    private static int length(String cell) {
        return cell.codePointCount(0, cell.length());
    }
}
