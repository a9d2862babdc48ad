package org.ambispike.report;

import java.util.List;
import java.util.Optional;

/**
 * Lines with markers over two axes.
 *
 * @param description for a reader who cannot see it
 * @param bands parts of the x axis with names of their own, in place of ticks; empty for none
 * @param reference a level drawn across
 */
record LineChart(String description, Axis x, Axis y, List<Line> lines, List<Band> bands, Optional<Reference> reference)
        implements Chart {
    private static final double TOP = 32;
    private static final double RIGHT = 10;
    private static final double BOTTOM = 44;
    private static final int WIDE = 500;
    private static final double CLOSEST = 13;
    private static final double SLANT_RISE = 0.62;
    private static final double SLANT_RUN = 0.8;

    /** A line through points from left to right, interrupted where a value is not finite. */
    record Line(Style style, List<Point> points) {}

    /** A value, and what it says when pointed at. */
    record Point(double x, double y, String hover) {}

    /** A named part of the x axis. */
    record Band(double from, double to, String name) {}

    /** A level and its name. */
    record Reference(double y, String name) {}

    @Override
    public void draw(Markup out, int width) {
        double left = Math.max(Frame.labelWidth(y), 30);
        double plotWidth = plotWidth(width);
        boolean slanted = slanted(plotWidth);
        Frame frame = new Frame(left, TOP, plotWidth, plotHeight(width), x, y);

        Chart.begin(out, width, height(width), description);
        drawBands(out, frame, slanted);
        frame.drawY(out);
        frame.drawX(out);
        reference.filter(r -> y.shows(r.y)).ifPresent(r -> drawReference(out, frame, r));
        frame.clip(out);
        lines.forEach(line -> drawLine(out, frame, line));
        out.close();
        lines.forEach(line -> drawMarkers(out, frame, line));
        out.close();
    }

    /** How high it is drawn at a width. */
    double height(int width) {
        double longest =
                bands.stream().mapToDouble(b -> Chart.textWidth(b.name)).max().orElse(0);
        double bottom = slanted(plotWidth(width)) ? Math.max(BOTTOM, 18 + SLANT_RISE * longest) : BOTTOM;
        return TOP + plotHeight(width) + bottom;
    }

    private double plotWidth(int width) {
        return width - Math.max(Frame.labelWidth(y), 30) - RIGHT;
    }

    private static double plotHeight(int width) {
        return width > WIDE ? 0.4 * width : 0.6 * width;
    }

    private boolean slanted(double plotWidth) {
        return bands.stream().anyMatch(b -> Chart.textWidth(b.name) + 6 > bandWidth(b, plotWidth));
    }

    private double bandWidth(Band band, double plotWidth) {
        return plotWidth * (x.fraction(band.to) - x.fraction(band.from));
    }

    private void drawBands(Markup out, Frame frame, boolean slanted) {
        for (int i = 0; i < bands.size(); i++) {
            Band band = bands.get(i);
            double from = frame.px(band.from);
            double to = frame.px(band.to);
            if (i % 2 == 1) {
                out.leaf(
                        "rect",
                        "class",
                        "band",
                        "x",
                        Markup.px(from),
                        "y",
                        Markup.px(frame.top()),
                        "width",
                        Markup.px(to - from),
                        "height",
                        Markup.px(frame.height()));
            }
            double middle = (from + to) / 2 + (slanted ? 4 : 0);
            double below = frame.bottom() + (slanted ? 14 : 18);
            double room = slanted ? (middle - 4) / SLANT_RUN : Double.MAX_VALUE;
            out.element(
                    "text",
                    Chart.fit(band.name, room),
                    "class",
                    slanted ? "tick end" : "tick middle",
                    "transform",
                    "translate(" + Markup.px(middle) + " " + Markup.px(below) + ")" + (slanted ? " rotate(-38)" : ""));
        }
    }

    private static void drawReference(Markup out, Frame frame, Reference reference) {
        double at = frame.py(reference.y);
        Frame.line(out, "reference", frame.left(), at, frame.right(), at);
        out.element("text", reference.name, "class", "label", "x", Markup.px(frame.left() + 6), "y", Markup.px(at - 6));
    }

    private static void drawLine(Markup out, Frame frame, Line line) {
        StringBuilder path = new StringBuilder();
        boolean pen = false;
        for (Point point : line.points) {
            boolean finite = Double.isFinite(point.x) && Double.isFinite(point.y);
            if (finite) {
                path.append(pen ? "L" : "M")
                        .append(Markup.px(frame.px(point.x)))
                        .append(',')
                        .append(Markup.px(frame.py(point.y)));
            }
            pen = finite;
        }
        if (path.length() > 0) {
            out.leaf("path", "class", "line " + line.style.cssClass(), "d", path.toString());
        }
    }

    /** Markers that would run into one another are drawn smaller. */
    private static void drawMarkers(Markup out, Frame frame, Line line) {
        List<Point> points = line.points;
        double run = points.size() < 2
                ? frame.width()
                : frame.px(points.get(points.size() - 1).x) - frame.px(points.get(0).x);
        double size = run / points.size() < CLOSEST ? 0.6 : 1;
        for (Point point : points) {
            if (frame.x().shows(point.x) && frame.y().shows(point.y)) {
                line.style.mark(out, frame.px(point.x), frame.py(point.y), size, point.hover);
            }
        }
    }
}
