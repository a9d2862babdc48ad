package org.ambispike.report;

import java.util.List;
import java.util.stream.DoubleStream;
import org.ambispike.paper.ActivationHistogram;
import org.ambispike.paper.LayerActivity;
import org.ambispike.paper.RunSummary;

/** What threshold optimisation does: activations and thresholds (Fig. 1), firing rates by layer and polarity (Table 4). */
record ThresholdSection(RunSummary run) implements Section {
    @Override
    public String id() {
        return "thresholds";
    }

    @Override
    public String title() {
        return "Threshold optimisation";
    }

    @Override
    public boolean isPresent() {
        return !run.histograms().isEmpty() || hasActivity();
    }

    @Override
    public void write(Page page) {
        if (!run.histograms().isEmpty()) {
            page.paragraph(
                    "Activations of the ANN by layer before and after threshold optimisation, and the positive and"
                            + " negative thresholds θ+ and θ−. Without optimisation a threshold is the largest magnitude"
                            + " that occurs, which few activations come near: neurons then hardly fire. Each axis spans its own range.");
            page.beginRow();
            run.histograms().forEach(h -> page.half(h.layer(), List.of(), new HistogramChart(h)));
            page.endRow();
            page.details(thresholdTable());
        }
        if (hasActivity()) {
            page.figure("Firing rates by layer and polarity", legend(), activityChart());
            page.details(activityTable());
        }
    }

    private boolean hasActivity() {
        return activityRates().anyMatch(rate -> Double.isFinite(rate) && rate > 0);
    }

    private DoubleStream activityRates() {
        return run.activity().stream()
                .flatMapToDouble(a ->
                        DoubleStream.of(a.positiveWith(), a.negativeWith(), a.positiveWithout(), a.negativeWithout()));
    }

    private static List<Page.Legend> legend() {
        return List.of(
                Page.Legend.bar("positive spikes, optimised", "positive"),
                Page.Legend.bar("positive, largest activation as threshold", "positive hollow"),
                Page.Legend.bar("negative spikes, optimised", "negative"),
                Page.Legend.bar("negative, largest activation as threshold", "negative hollow"));
    }

    private BarChart activityChart() {
        double left = run.activity().stream()
                .flatMapToDouble(a -> DoubleStream.of(a.negativeWith(), a.negativeWithout()))
                .filter(Double::isFinite)
                .max()
                .orElse(0);
        double right = run.activity().stream()
                .flatMapToDouble(a -> DoubleStream.of(a.positiveWith(), a.positiveWithout()))
                .filter(Double::isFinite)
                .max()
                .orElse(0);
        Axis signed = Axis.linear("← negative · spikes per neuron and step · positive →", -left, right, 1);
        List<Axis.Tick> magnitudes = signed.ticks().stream()
                .map(t -> new Axis.Tick(t.value(), t.label().replace("−", "")))
                .toList();
        Axis x = new Axis(signed.title(), false, signed.low(), signed.high(), magnitudes);
        List<BarChart.Row> rows =
                run.activity().stream().map(ThresholdSection::activityRow).toList();
        return new BarChart(
                "Firing rates of each layer: positive spikes to the right, negative ones to the left, with and without"
                        + " threshold optimisation. The table below has the figures.",
                x,
                rows,
                false);
    }

    private static BarChart.Row activityRow(LayerActivity a) {
        return new BarChart.Row(
                a.layer(),
                List.of(
                        List.of(
                                bar(a, a.positiveWith(), "positive", "positive, optimised"),
                                bar(a, -a.negativeWith(), "negative", "negative, optimised")),
                        List.of(
                                bar(a, a.positiveWithout(), "positive hollow", "positive, not optimised"),
                                bar(a, -a.negativeWithout(), "negative hollow", "negative, not optimised"))));
    }

    private static BarChart.Bar bar(LayerActivity layer, double value, String cssClass, String name) {
        return new BarChart.Bar(value, cssClass, "", layer.layer() + ", " + name + ": " + Format.rate(Math.abs(value)));
    }

    private Table activityTable() {
        Table table = new Table(
                "Spikes per neuron and step with and without threshold optimisation",
                "layer",
                "positive, with",
                "positive, without",
                "negative, with",
                "negative, without",
                "both, with",
                "both, without");
        for (LayerActivity a : run.activity()) {
            table.row(
                    a.layer(),
                    Format.rate(a.positiveWith()),
                    Format.rate(a.positiveWithout()),
                    Format.rate(a.negativeWith()),
                    Format.rate(a.negativeWithout()),
                    Format.rate(a.positiveWith() + a.negativeWith()),
                    Format.rate(a.positiveWithout() + a.negativeWithout()));
        }
        return table;
    }

    private Table thresholdTable() {
        Table table = new Table(
                "Thresholds before and after optimisation, magnitudes in the ANN's units",
                "layer",
                "θ+ before",
                "θ+ after",
                "θ− before",
                "θ− after");
        for (ActivationHistogram h : run.histograms()) {
            table.row(
                    h.layer(),
                    Format.rate(h.beforeThetaPositive()),
                    Format.rate(h.afterThetaPositive()),
                    Format.rate(h.beforeThetaNegative()),
                    Format.rate(h.afterThetaNegative()));
        }
        return table;
    }
}
