package org.ambispike.report;

import java.util.List;
import org.ambispike.latency.LatencyReport;

/** One self-contained HTML file of a latency benchmark, drawn as {@link HtmlReport} is. */
final class LatencyPage {
    private LatencyPage() {}

    static String render(LatencyReport report) {
        LatencyHeadline headline = new LatencyHeadline(report);
        return HtmlPage.render(
                headline.title(),
                headline::write,
                List.of(
                        new ParetoSection(report),
                        new ThroughputSection(report),
                        new EarlyExitSection(report),
                        new WorkSection(report),
                        new MachineSection(report)));
    }
}
