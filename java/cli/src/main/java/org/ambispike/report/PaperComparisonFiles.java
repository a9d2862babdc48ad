package org.ambispike.report;

import java.nio.file.Path;
import java.util.List;
import org.ambispike.io.AtomicFiles;
import org.ambispike.paper.RunSummary;
import org.ambispike.report.PaperComparison.Measured;

/** A comparison with the paper as {@code LABEL.json}, {@code LABEL.csv} and a self-contained {@code LABEL.html}. */
public final class PaperComparisonFiles {
    private PaperComparisonFiles() {}

    /**
     * Replaces the files, each atomically.
     *
     * @param runs that the comparison was made of
     * @return the HTML file
     */
    public static Path write(Path folder, PaperComparison comparison, List<Measured> runs) {
        Json.write(folder.resolve(comparison.label() + ".json"), comparison);
        AtomicFiles.writeText(
                folder.resolve(comparison.label() + ".csv"),
                comparison.withOrigin().csv());
        Path html = folder.resolve(comparison.label() + ".html");
        AtomicFiles.writeText(html, html(comparison, runs));
        return html;
    }

    private static String html(PaperComparison comparison, List<Measured> runs) {
        RunSummary first = runs.get(0).summary();
        String lead = first.network() + " on " + first.dataset() + ", seed " + first.seed();
        HtmlPage page = new HtmlPage("Ambispike beside the paper", comparison.title(), lead)
                .section("comparison", "The paper and this run")
                .table(table(comparison, "As published", comparison.paper()))
                .table(table(comparison, "As measured", comparison.measured()));
        comparison.notes().forEach(page::note);
        page.note("Paper: " + comparison.source());
        List<RunSummary> summaries = runs.stream().map(Measured::summary).toList();
        for (int index = 0; index < runs.size(); index++) {
            if (HtmlReport.hasAccuracy(summaries.get(index))) {
                String method = runs.get(index).method();
                page.section("accuracy-" + method, method + ": accuracy against time steps");
                HtmlReport.accuracy(page, index, summaries.get(index));
            }
        }
        if (comparison.label().equals("table4") || comparison.label().equals("figure1")) {
            HtmlReport.thresholds(page, first);
        }
        return page.render(new HtmlReport.Data(summaries, List.of()));
    }

    private static Table table(PaperComparison comparison, String caption, List<List<String>> rows) {
        Table table = new Table(caption, comparison.columns().toArray(String[]::new));
        rows.forEach(row -> table.row(row.toArray(String[]::new)));
        return table;
    }
}
