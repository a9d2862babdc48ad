package org.ambispike.report;

import java.util.List;
import org.ambispike.paper.LayerResult;
import org.ambispike.paper.RunSummary;

/** How far each layer's rates are from the ANN's activations, and the thresholds and rates of the spiking network. */
record LayerSection(RunSummary run) implements Section {
    @Override
    public String id() {
        return "layers";
    }

    @Override
    public String title() {
        return "Rates against the ANN by layer";
    }

    @Override
    public boolean isPresent() {
        return !run.layers().isEmpty();
    }

    @Override
    public void write(Page page) {
        page.paragraph(
                "The mean of a neuron's weighted spikes over T stands for the ANN's activation. The relative error"
                        + " is the root of the squared difference over the ANN's sum of squares: 0 is the same, 1 is as far"
                        + " off as no spikes at all.");
        double largest = run.layers().stream()
                .mapToDouble(LayerResult::relativeError)
                .filter(Double::isFinite)
                .max()
                .orElse(Double.NaN);
        if (largest > 0) {
            List<BarChart.Row> rows = run.layers().stream()
                    .map(l -> BarChart.single(
                            l.name(),
                            new BarChart.Bar(
                                    l.relativeError(),
                                    "plain",
                                    Format.significant(l.relativeError()),
                                    l.name() + ": " + Format.rate(l.relativeError()))))
                    .toList();
            page.figure(
                    "Relative error of the rates",
                    List.of(),
                    new BarChart(
                            "Relative error of the spiking network's rates by layer. The table below has the figures.",
                            Axis.linear("relative error, no unit", 0, largest, 1),
                            rows,
                            false));
        }
        Table table = new Table(
                "Thresholds (ANN's units), spikes per neuron and step, relative error",
                "layer",
                "θ+",
                "θ−",
                "positive rate",
                "negative rate",
                "relative error");
        run.layers()
                .forEach(l -> table.row(
                        l.name(),
                        Format.rate(l.thetaPositive()),
                        Format.rate(l.thetaNegative()),
                        Format.rate(l.positiveRate()),
                        Format.rate(l.negativeRate()),
                        Format.rate(l.relativeError())));
        page.details(table);
    }
}
