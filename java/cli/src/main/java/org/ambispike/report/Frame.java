package org.ambispike.report;

/**
 * The rectangle that data is drawn in, and its axes. Pixels, from the upper left.
 *
 * @param x from left to right
 * @param y from bottom to top
 */
record Frame(double left, double top, double width, double height, Axis x, Axis y) {
    private static final double TICK_GAP = 7;

    double px(double value) {
        return left + width * x.fraction(value);
    }

    double py(double value) {
        return top + height * (1 - y.fraction(value));
    }

    double right() {
        return left + width;
    }

    double bottom() {
        return top + height;
    }

    /** Space that an axis' labels need at the left of the frame. */
    static double labelWidth(Axis y) {
        return TICK_GAP
                + y.ticks().stream()
                        .mapToDouble(t -> Chart.textWidth(t.label()))
                        .max()
                        .orElse(0);
    }

    /** Horizontal grid lines with their labels, and the axis' title above them. */
    void drawY(Markup out) {
        for (Axis.Tick tick : y.ticks()) {
            double at = py(tick.value());
            line(out, "grid", left, at, right(), at);
            out.element(
                    "text", tick.label(), "class", "tick end", "x", Markup.px(left - TICK_GAP), "y", Markup.px(at + 4));
        }
        if (!y.title().isEmpty()) {
            out.element("text", y.title(), "class", "axis", "x", "0", "y", Markup.px(top - 14));
        }
    }

    /** The base line with ticks and labels under it, and the axis' title. */
    void drawX(Markup out) {
        line(out, "base", left, bottom(), right(), bottom());
        for (Axis.Tick tick : x.ticks()) {
            double at = px(tick.value());
            line(out, "base", at, bottom(), at, bottom() + 4);
            out.element(
                    "text", tick.label(), "class", "tick middle", "x", Markup.px(at), "y", Markup.px(bottom() + 18));
        }
        if (!x.title().isEmpty()) {
            out.element("text", x.title(), "class", "axis end", "x", Markup.px(right()), "y", Markup.px(bottom() + 36));
        }
    }

    static void line(Markup out, String style, double x1, double y1, double x2, double y2) {
        out.leaf(
                "line",
                "class",
                style,
                "x1",
                Markup.px(x1),
                "y1",
                Markup.px(y1),
                "x2",
                Markup.px(x2),
                "y2",
                Markup.px(y2));
    }

    /** Begins a part that is cut off at the frame's edges; ended by {@code close}. */
    void clip(Markup out) {
        String box = Markup.px(left) + " " + Markup.px(top) + " " + Markup.px(width) + " " + Markup.px(height);
        out.open(
                "svg",
                "x",
                Markup.px(left),
                "y",
                Markup.px(top),
                "width",
                Markup.px(width),
                "height",
                Markup.px(height),
                "viewBox",
                box);
    }
}
