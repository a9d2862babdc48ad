package org.ambispike.report;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.DoubleStream;
import java.util.stream.Stream;

/**
 * A table of the report: a heading, and rows whose first cell names them.
 *
 * @param caption says what it holds, to a screen reader too
 * @param heading a name for each column
 */
record Table(String caption, List<String> heading, List<List<Cell>> rows) {
    /**
     * @param text as shown
     * @param strong set apart, as the best of a column
     */
    record Cell(String text, boolean strong) {}

    Table(String caption, String... heading) {
        this(caption, List.of(heading), new ArrayList<>());
    }

    /** Adds a row of plain cells; returns this. */
    Table row(String... cells) {
        rows.add(List.of(cells).stream().map(c -> new Cell(c, false)).toList());
        return this;
    }

    /** Adds a row of a name and thresholds, rates or errors. */
    Table rates(String name, double... rates) {
        return row(Stream.concat(Stream.of(name), DoubleStream.of(rates).mapToObj(Format::rate))
                .toArray(String[]::new));
    }

    void write(Markup out) {
        out.open("div", "class", "scroll", "tabindex", "0", "role", "region", "aria-label", caption);
        out.open("table").element("caption", caption);
        out.open("thead").open("tr");
        heading.forEach(name -> out.element("th", name, "scope", "col"));
        out.close().close().open("tbody");
        for (List<Cell> row : rows) {
            out.open("tr").element("th", row.get(0).text, "scope", "row");
            for (Cell cell : row.subList(1, row.size())) {
                out.open("td");
                if (cell.strong) {
                    out.element("strong", cell.text);
                } else {
                    out.text(cell.text);
                }
                out.close();
            }
            out.close();
        }
        out.close().close().close();
    }
}
