package org.ambispike.report;

import java.util.List;
import org.ambispike.paper.RunSummary;
import org.ambispike.train.MetricRow;

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
        return HtmlPage.render(
                headline.title(),
                headline::write,
                List.of(
                        new AccuracySection(summary),
                        new ThresholdSection(summary),
                        new LayerSection(summary),
                        new AblationSection(summary),
                        new EnergySection(summary),
                        new TrainingSection(metrics),
                        new RunSection(summary)));
    }
}
