package org.ambispike.report;

import java.util.List;

/** The building blocks of the report's page: paragraphs, figures with legends, tables. For one thread. */
final class Page {
    private static final int WIDE = 720;
    private static final int NARROW = 358;
    private static final int HALF = 348;
    private static final double SWATCH_WIDTH = 30;
    private static final double SWATCH_HEIGHT = 12;

    private final Markup out;

    Page(Markup out) {
        this.out = out;
    }

    /**
     * An entry of a legend.
     *
     * @param line whether it is a line with a marker, or a bar
     */
    record Legend(String name, boolean line, Style style, String barClass) {
        static Legend line(String name, Style style) {
            return new Legend(name, true, style, "");
        }

        static Legend bar(String name, String barClass) {
            return new Legend(name, false, new Style(0), barClass);
        }
    }

    Markup markup() {
        return out;
    }

    void paragraph(String text) {
        out.element("p", text);
    }

    void note(String text) {
        out.element("p", text, "class", "note");
    }

    /** A chart as wide as the page, drawn once for a screen and once for a phone. */
    void figure(String title, List<Legend> legend, Chart chart) {
        beginFigure(title, legend, "wide");
        out.open("div", "class", "on-wide");
        chart.draw(out, WIDE);
        out.close().open("div", "class", "on-narrow");
        chart.draw(out, NARROW);
        out.close().close();
    }

    /** Begins a row of figures of half the page's width, one under the other on a phone; ended by {@link #endRow}. */
    void beginRow() {
        out.open("div", "class", "pair");
    }

    /** A chart of half the page's width. */
    void half(String title, List<Legend> legend, Chart chart) {
        beginFigure(title, legend, "half");
        chart.draw(out, HALF);
        out.close();
    }

    void endRow() {
        out.close();
    }

    /** A table that is always shown. */
    void table(Table table) {
        table.write(out);
    }

    /** A table that a reader opens; it holds the figures of the chart above. */
    void details(Table table) {
        out.open("details").element("summary", "Table: " + table.caption());
        table.write(out);
        out.close();
    }

    void legend(List<Legend> legend) {
        if (legend.isEmpty()) {
            return;
        }
        out.open("ul", "class", "legend");
        for (Legend entry : legend) {
            out.open("li");
            out.open(
                    "svg",
                    "class",
                    "swatch",
                    "aria-hidden",
                    "true",
                    "width",
                    Markup.px(SWATCH_WIDTH),
                    "height",
                    Markup.px(SWATCH_HEIGHT),
                    "viewBox",
                    "0 0 " + Markup.px(SWATCH_WIDTH) + " " + Markup.px(SWATCH_HEIGHT));
            double middle = SWATCH_HEIGHT / 2;
            if (entry.line) {
                Frame.line(out, "line " + entry.style.cssClass(), 0, middle, SWATCH_WIDTH, middle);
                entry.style.mark(out, SWATCH_WIDTH / 2, middle, 1, "");
            } else {
                out.leaf("rect", "class", "bar " + entry.barClass, "x", "1", "y", "1", "width", "26", "height", "10");
            }
            out.close();
            out.element("span", entry.name).close();
        }
        out.close();
    }

    private void beginFigure(String title, List<Legend> legend, String size) {
        out.open("figure", "class", size).element("figcaption", title);
        legend(legend);
    }
}
