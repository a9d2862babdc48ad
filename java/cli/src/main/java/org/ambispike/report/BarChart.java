package org.ambispike.report;

import java.util.List;

/**
 * Horizontal bars in rows; values below 0 go to the left.
 *
 * @param description for a reader who cannot see it
 * @param x axis of the values, which holds 0 unless dots are drawn
 * @param dots markers in place of bars, for an axis that does not begin at 0
 */
record BarChart(String description, Axis x, List<Row> rows, boolean dots) implements Chart {
    private static final double THICKNESS = 10;
    private static final double BAR_GAP = 2;
    private static final double ROW_GAP = 14;
    private static final double TOP = 8;
    private static final double BOTTOM = 44;
    private static final double RIGHT = 14;
    private static final double LARGEST_LABEL_PART = 0.38;

    /** A name at the left, and one bar under the other. */
    record Row(String name, List<List<Bar>> lines) {}

    /**
     * @param cssClass colour and fill
     * @param label written at the bar's end; empty for none
     * @param hover what it says when pointed at
     */
    record Bar(double value, String cssClass, String label, String hover) {}

    /** A row of one bar. */
    static Row single(String name, Bar bar) {
        return new Row(name, List.of(List.of(bar)));
    }

    @Override
    public void draw(Markup out, int width) {
        double longest =
                rows.stream().mapToDouble(r -> Chart.textWidth(r.name)).max().orElse(0);
        double left = Math.min(longest + 12, LARGEST_LABEL_PART * width);
        double labels = rows.stream()
                .flatMap(r -> r.lines.stream())
                .flatMap(List::stream)
                .mapToDouble(b -> b.label.isEmpty() ? 0 : Chart.textWidth(b.label) + 4)
                .max()
                .orElse(0);
        double plotHeight = rows.stream().mapToDouble(BarChart::height).sum() + ROW_GAP;
        Frame frame = new Frame(left, TOP, width - left - RIGHT - labels, plotHeight, x, Axis.plain(0, 1));

        Chart.begin(out, width, TOP + plotHeight + BOTTOM, description);
        for (Axis.Tick tick : x.ticks()) {
            double at = frame.px(tick.value());
            Frame.line(out, "grid", at, frame.top(), at, frame.bottom());
        }
        double top = TOP + ROW_GAP;
        for (Row row : rows) {
            drawRow(out, frame, row, top);
            top += height(row);
        }
        frame.drawX(out);
        if (!dots) {
            Frame.line(out, "base", frame.px(0), frame.top(), frame.px(0), frame.bottom());
        }
        out.close();
    }

    private static double height(Row row) {
        return row.lines.size() * (THICKNESS + BAR_GAP) - BAR_GAP + ROW_GAP;
    }

    private void drawRow(Markup out, Frame frame, Row row, double top) {
        double middle = top + (height(row) - ROW_GAP) / 2;
        out.open("text", "class", "label end", "x", Markup.px(frame.left() - 10), "y", Markup.px(middle + 4))
                .element("title", row.name)
                .text(Chart.fit(row.name, frame.left() - 10))
                .close();
        if (dots) {
            Frame.line(out, "grid", frame.left(), middle, frame.right(), middle);
        }
        double y = top;
        for (List<Bar> line : row.lines) {
            for (Bar bar : line) {
                if (x.shows(bar.value)) {
                    drawBar(out, frame, bar, y);
                }
            }
            y += THICKNESS + BAR_GAP;
        }
    }

    private void drawBar(Markup out, Frame frame, Bar bar, double y) {
        double end = frame.px(bar.value);
        if (dots) {
            new Style(1).mark(out, end, y + THICKNESS / 2, 1, bar.hover);
        } else {
            double zero = frame.px(0);
            out.open(
                            "rect",
                            "class",
                            "bar " + bar.cssClass,
                            "x",
                            Markup.px(Math.min(zero, end)),
                            "y",
                            Markup.px(y),
                            "width",
                            Markup.px(Math.abs(end - zero)),
                            "height",
                            Markup.px(THICKNESS))
                    .element("title", bar.hover)
                    .close();
        }
        if (!bar.label.isEmpty()) {
            out.element(
                    "text",
                    bar.label,
                    "class",
                    "tick",
                    "x",
                    Markup.px(end + (dots ? 9 : 6)),
                    "y",
                    Markup.px(y + THICKNESS / 2 + 4));
        }
    }
}
