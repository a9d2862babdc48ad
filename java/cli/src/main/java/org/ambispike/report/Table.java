package org.ambispike.report;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import java.util.function.ToDoubleFunction;
import java.util.stream.Collectors;
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

    /** A column of a table of what was measured. */
    record Column<P>(String heading, Function<P, String> cell) {}

    static <P> Column<P> column(String heading, Function<P, String> cell) {
        return new Column<>(heading, cell);
    }

    /** Makes a column of thresholds, rates or errors. */
    static <P> Column<P> rate(String heading, ToDoubleFunction<P> value) {
        return new Column<>(heading, point -> Format.rate(value.applyAsDouble(point)));
    }

    /** Makes a column of numbers in full, for other programs; what is not finite is an empty cell. */
    static <P> Column<P> number(String heading, Function<P, Number> value) {
        return new Column<>(heading, point -> {
            Number number = value.apply(point);
            return Double.isFinite(number.doubleValue()) ? number.toString() : "";
        });
    }

    /** Makes a table with a row for each point. */
    static <P> Table of(String caption, List<P> points, List<Column<P>> columns) {
        Table table = new Table(caption, columns.stream().map(Column::heading).toList(), new ArrayList<>());
        points.forEach(point -> table.row(
                columns.stream().map(column -> column.cell.apply(point)).toArray(String[]::new)));
        return table;
    }

    /**
     * Returns heading and rows for a terminal, in whole lines, without the caption.
     *
     * @param leftAligned as {@link TextTable} has it
     */
    String text(int leftAligned) {
        TextTable text = new TextTable(leftAligned, heading);
        rows.forEach(row -> text.row(row.stream().map(Cell::text).toList()));
        return text.render();
    }

    /** Returns heading and rows as comma-separated values, in whole lines. */
    String csv() {
        return Stream.concat(
                        Stream.of(heading),
                        rows.stream().map(row -> row.stream().map(Cell::text).toList()))
                .map(line -> line.stream().map(Table::quoted).collect(Collectors.joining(",", "", "\n")))
                .collect(Collectors.joining());
    }

    private static String quoted(String text) {
        return text.matches("[^\",\\n]*") ? text : '"' + text.replace("\"", "\"\"") + '"';
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
