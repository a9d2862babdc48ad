package org.ambispike.report;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;
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
        AtomicFiles.writeText(folder.resolve(comparison.label() + ".csv"), csv(comparison));
        Path html = folder.resolve(comparison.label() + ".html");
        AtomicFiles.writeText(html, html(comparison, runs));
        return html;
    }

    private static String csv(PaperComparison comparison) {
        return Stream.concat(
                        Stream.of(PaperComparison.withOrigin(comparison.columns())),
                        comparison.rowsWithOrigin().stream())
                .map(row -> row.stream().map(PaperComparisonFiles::cell).collect(Collectors.joining(",")))
                .collect(Collectors.joining("\n", "", "\n"));
    }

    private static String cell(String text) {
        return text.matches("[^\",\\n]*") ? text : '"' + text.replace("\"", "\"\"") + '"';
    }

    private static String html(PaperComparison comparison, List<Measured> runs) {
        List<Section> sections = new ArrayList<>(List.of(new ComparisonSection(comparison)));
        for (Measured run : runs) {
            sections.add(new CurveSection(run.method(), new AccuracySection(run.summary())));
        }
        if (comparison.label().equals("table4") || comparison.label().equals("figure1")) {
            sections.add(new ThresholdSection(runs.get(0).summary()));
        }
        List<Section> present = sections.stream().filter(Section::isPresent).toList();
        return HtmlPage.render(comparison.title(), out -> headline(out, comparison, runs), present);
    }

    private static void headline(Markup out, PaperComparison comparison, List<Measured> runs) {
        RunSummary first = runs.get(0).summary();
        out.open("header");
        out.element("p", "Ambispike beside the paper", "class", "eyebrow");
        out.element("h1", comparison.title());
        out.element("p", first.network() + " on " + first.dataset() + ", seed " + first.seed(), "class", "lead");
        out.close();
    }

    /** The rows of the paper, then ours, and the notes. */
    private record ComparisonSection(PaperComparison comparison) implements Section {
        @Override
        public String id() {
            return "comparison";
        }

        @Override
        public String title() {
            return "The paper and this run";
        }

        @Override
        public boolean isPresent() {
            return true;
        }

        @Override
        public void write(Page page) {
            page.table(table("As published", comparison.paper()));
            page.table(table("As measured", comparison.measured()));
            comparison.notes().forEach(page::note);
            page.note("Paper: " + comparison.source());
        }

        private Table table(String caption, List<List<String>> rows) {
            Table table = new Table(caption, comparison.columns().toArray(String[]::new));
            rows.forEach(row -> table.row(row.toArray(String[]::new)));
            return table;
        }
    }

    /** The accuracy of one run against T. */
    private record CurveSection(String method, AccuracySection accuracy) implements Section {
        @Override
        public String id() {
            return "accuracy-" + method;
        }

        @Override
        public String title() {
            return method + ": accuracy against time steps";
        }

        @Override
        public boolean isPresent() {
            return accuracy.isPresent();
        }

        @Override
        public void write(Page page) {
            accuracy.write(page);
        }
    }
}
