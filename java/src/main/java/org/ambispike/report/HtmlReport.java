package org.ambispike.report;

import java.util.List;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.ambispike.result.MetricRow;
import org.ambispike.result.RunSummary;

/**
 * One self-contained HTML file of a run: charts in SVG that need no script and no other file, and the tables they were
 * drawn from. Light or dark by the reader's preference, light on paper. The same run gives the same bytes.
 */
public final class HtmlReport {
    /** Name of the file in a run's folder. */
    public static final String FILE_NAME = "report.html";

    private HtmlReport() {}

    /** The whole page; sections without data are left out. */
    public static String render(RunSummary summary, List<MetricRow> metrics) {
        Headline headline = new Headline(summary);
        List<Section> sections = Stream.<Section>of(
                        new AccuracySection(summary),
                        new ThresholdSection(summary),
                        new LayerSection(summary),
                        new AblationSection(summary),
                        new EnergySection(summary),
                        new TrainingSection(metrics),
                        new RunSection(summary))
                .filter(Section::isPresent)
                .toList();
        return page(headline.title(), headline::write, sections);
    }

    /** A page of its own: what it begins with, a list of contents, and its sections. */
    static String page(String title, Consumer<Markup> headline, List<Section> sections) {
        Markup out = Markup.page();
        out.open("html", "lang", "en", "xmlns", "http://www.w3.org/1999/xhtml");
        out.open("head").leaf("meta", "charset", "utf-8");
        out.leaf("meta", "name", "viewport", "content", "width=device-width, initial-scale=1");
        out.leaf("meta", "name", "color-scheme", "content", "light dark");
        out.element("title", title + " – Ambispike");
        out.style(StyleSheet.CHARTS.text() + "\n" + StyleSheet.PAGE.text()).close();
        out.open("body");
        headline.accept(out);
        writeContents(out, sections);
        out.open("main");
        Page page = new Page(out);
        for (Section section : sections) {
            out.open("section", "id", section.id()).element("h2", section.title());
            section.write(page);
            out.close();
        }
        out.close().close().close();
        return out.finish();
    }

    private static void writeContents(Markup out, List<Section> sections) {
        out.open("nav", "aria-label", "Contents").open("ul");
        for (Section section : sections) {
            out.open("li")
                    .element("a", section.title(), "href", "#" + section.id())
                    .close();
        }
        out.close().close();
    }
}
