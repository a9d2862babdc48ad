package org.ambispike.report;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
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

    /** A column of a table of what was measured. */
    record Column<P>(String heading, Function<P, String> cell) {}

    /** Makes a table with a row for each point. */
    static <P> Table of(String caption, List<P> points, List<Column<P>> columns) {
        Table table = new Table(caption, columns.stream().map(Column::heading).toList(), new ArrayList<>());
        points.forEach(point -> table.row(
                columns.stream().map(column -> column.cell.apply(point)).toArray(String[]::new)));
        return table;
    }

    /** Returns heading and rows for a terminal, in whole lines, without the caption. */
    String text() {
        TextTable text = new TextTable(1, heading);
        rows.forEach(row -> text.row(row.stream().map(Cell::text).toList()));
        return text.render();
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
