package org.ambispike.report;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.ToDoubleFunction;
import java.util.stream.DoubleStream;
import org.ambispike.OutputError;

/** One self-contained HTML file of a comparison with targets, drawn as {@link HtmlReport} is. */
final class TargetPage {
    private TargetPage() {}

    static String render(TargetReport report) {
        String title = report.network() + " against " + report.target();
        return HtmlPage.render(
                title, out -> header(out, title, report), List.of(new Curve(report, false), new Curve(report, true)));
    }

    private static void header(Markup out, String title, TargetReport report) {
        out.open("header");
        out.element("p", "Ambispike, results against targets", "class", "eyebrow");
        out.element("h1", title);
        out.open("dl", "class", "facts");
        Headline.fact(out, "Images", Format.count(report.images()) + " of " + report.dataset());
        Headline.fact(out, "Device", report.device());
        Headline.fact(out, "Precision", report.precision());
        Headline.fact(out, "Commit", report.commit());
        out.close();
        RunSection.command(out, report.command());
        out.close();
    }

    /** One figure against T, a line for each result, with its table. */
    private record Curve(TargetReport report, boolean ratio) implements Section {
        @Override
        public String id() {
            return ratio ? "psnr" : "error";
        }

        @Override
        public String title() {
            return ratio ? "Peak signal-to-noise ratio" : "Relative error";
        }

        private double value(OutputError row) {
            return ratio ? row.psnr() : row.relativeError();
        }

        private DoubleStream values() {
            ToDoubleFunction<OutputError> value = this::value;
            return report.rows().stream()
                    .mapToDouble(value)
                    .filter(shown -> Double.isFinite(shown) && (ratio || shown > 0));
        }

        @Override
        public boolean isPresent() {
            return values().findAny().isPresent();
        }

        @Override
        public void write(Page page) {
            page.paragraph(
                    ratio
                            ? "10 log10 of the squared range over the mean squared difference; the table names the range."
                            : "Norm of the difference from the target over the norm of the target.");
            List<Page.Legend> legend = new ArrayList<>();
            List<LineChart.Line> lines = new ArrayList<>();
            for (String output : report.outputs()) {
                Style style = new Style(lines.size() + 1);
                legend.add(Page.Legend.line(output, style));
                lines.add(new LineChart.Line(
                        style, report.of(output).stream().map(this::at).toList()));
            }
            double low = values().min().orElse(1);
            double high = values().max().orElse(1);
            Axis axis = ratio
                    ? Axis.linear("PSNR, dB", low, high, 1)
                    : Axis.log10(
                            "relative error, log scale", low, high, value -> Format.brief(Format.significant(value)));
            page.figure(
                    title() + " against time steps",
                    legend,
                    new LineChart(
                            title() + " against the number of time steps. The table has the figures.",
                            Axis.timeSteps(report.timeSteps()),
                            axis,
                            lines,
                            List.of(),
                            Optional.empty()));
            page.details(table());
        }

        private LineChart.Point at(OutputError row) {
            return new LineChart.Point(
                    row.timeSteps(),
                    value(row),
                    row.output() + ", T = " + row.timeSteps() + ": " + Format.significant(value(row)));
        }

        private Table table() {
            Table table = new Table(title() + " by T", "result", "T", title(), ratio ? "of range" : "agreement");
            report.rows()
                    .forEach(row -> table.row(
                            row.output(),
                            Integer.toString(row.timeSteps()),
                            Format.significant(value(row)),
                            ratio ? Format.significant(row.range()) : Format.percent(row.agreement())));
            return table;
        }
    }
}
