package org.ambispike.report;

import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Optional;
import org.ambispike.common.Version;

/**
 * What a network makes of pictures, by the number of time steps: a curve, a table and the pictures themselves, in one
 * self-contained HTML file that needs no script.
 *
 * @param lead what was measured, and where
 * @param headings of the table's columns
 * @param cells of the table, row by row
 * @param rows the pictures
 */
public record PictureReport(
        String title, String lead, Curve curve, List<String> headings, List<List<String>> cells, List<Row> rows) {
    /** A quality against T. */
    public record Curve(String quality, List<Point> points, List<Level> levels) {}

    /** A value at one T. */
    public record Point(int timeSteps, double value) {}

    /** What others reach, whatever T is. */
    public record Level(String name, double value) {}

    /** What was made of one picture. */
    public record Row(String name, List<Shown> pictures) {}

    /** One picture, a PNG file. */
    public record Shown(String caption, byte[] png) {}

    /** Returns the whole page. */
    public String html() {
        return HtmlPage.render(title, this::head, List.of(new QualitySection(this), new PicturesSection(rows)));
    }

    private void head(Markup out) {
        out.open("header");
        out.element("p", "Ambispike picture report", "class", "eyebrow");
        out.element("h1", title);
        out.element("p", lead, "class", "lead");
        out.open("dl", "class", "facts");
        Headline.fact(out, "Commit", Version.current().commit());
        out.close().close();
    }

    private record QualitySection(PictureReport report) implements Section {
        @Override
        public String id() {
            return "quality";
        }

        @Override
        public String title() {
            return "Against time steps";
        }

        @Override
        public boolean isPresent() {
            return !report.curve.points.isEmpty();
        }

        @Override
        public void write(Page page) {
            Curve curve = report.curve;
            List<Page.Legend> legend = new ArrayList<>();
            List<LineChart.Line> lines = new ArrayList<>();
            legend.add(Page.Legend.line("spiking network", new Style(1)));
            lines.add(new LineChart.Line(new Style(1), points("spiking network", curve.points)));
            for (Level level : curve.levels) {
                Style style = new Style(lines.size() + 1);
                legend.add(Page.Legend.line(level.name, style));
                List<Point> flat = curve.points.stream()
                        .map(point -> new Point(point.timeSteps, level.value))
                        .toList();
                lines.add(new LineChart.Line(style, points(level.name, flat)));
            }
            page.figure(curve.quality + " against time steps", legend, chart(curve, lines));
            Table table = new Table(curve.quality, report.headings.toArray(String[]::new));
            report.cells.forEach(row -> table.row(row.toArray(String[]::new)));
            page.table(table);
        }

        private static List<LineChart.Point> points(String name, List<Point> points) {
            return points.stream()
                    .map(point -> new LineChart.Point(
                            point.timeSteps,
                            point.value,
                            name + ", T = " + point.timeSteps + ": " + Format.decimal(point.value, 2)))
                    .toList();
        }

        private static LineChart chart(Curve curve, List<LineChart.Line> lines) {
            double[] values = lines.stream()
                    .flatMap(line -> line.points().stream())
                    .mapToDouble(LineChart.Point::y)
                    .sorted()
                    .toArray();
            Axis y = Axis.linear(curve.quality, values[0], values[values.length - 1], 1);
            Axis x = Axis.timeSteps(curve.points.stream().map(Point::timeSteps).toList());
            return new LineChart(
                    curve.quality + " against the number of time steps. The table below has the figures.",
                    x,
                    y,
                    lines,
                    List.of(),
                    Optional.empty());
        }
    }

    private record PicturesSection(List<Row> rows) implements Section {
        @Override
        public String id() {
            return "pictures";
        }

        @Override
        public String title() {
            return "Pictures";
        }

        @Override
        public boolean isPresent() {
            return !rows.isEmpty();
        }

        @Override
        public void write(Page page) {
            Markup out = page.markup();
            for (Row row : rows) {
                out.element("h3", row.name).open("div", "class", "pictures");
                for (Shown shown : row.pictures) {
                    out.open("figure");
                    String source =
                            "data:image/png;base64," + Base64.getEncoder().encodeToString(shown.png);
                    out.leaf("img", "src", source, "alt", row.name + ", " + shown.caption);
                    out.element("figcaption", shown.caption).close();
                }
                out.close();
            }
        }
    }
}
