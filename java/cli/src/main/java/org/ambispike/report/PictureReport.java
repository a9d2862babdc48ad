package org.ambispike.report;

import java.util.Base64;
import java.util.List;
import org.ambispike.common.Version;

/**
 * What a network makes of pictures, by the number of time steps: a curve, a table and the pictures themselves, in one
 * self-contained HTML file.
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

    /** What the script draws from. */
    private record Data(Curve curve) {}

    /** Returns the whole page. */
    public String html() {
        HtmlPage page = new HtmlPage("Ambispike picture report", title, lead)
                .fact("Commit", Version.current().commit());
        if (!curve.points.isEmpty()) {
            Table table = new Table(curve.quality, headings.toArray(String[]::new));
            cells.forEach(row -> table.row(row.toArray(String[]::new)));
            page.section("quality", "Against time steps")
                    .chart("quality", "", curve.quality + " against time steps")
                    .table(table);
        }
        if (!rows.isEmpty()) {
            page.section("pictures", "Pictures");
        }
        for (Row row : rows) {
            page.heading(row.name)
                    .pictures(row.pictures.stream()
                            .map(shown -> new HtmlPage.Picture(
                                    "data:image/png;base64,"
                                            + Base64.getEncoder().encodeToString(shown.png),
                                    row.name + ", " + shown.caption,
                                    shown.caption))
                            .toList());
        }
        return page.render(new Data(curve));
    }
}
