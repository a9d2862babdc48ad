package org.ambispike.report;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.ToDoubleFunction;
import java.util.stream.DoubleStream;
import org.ambispike.train.MetricRow;

/** Loss and accuracy by stage and epoch. */
record TrainingSection(List<MetricRow> metrics) implements Section {
    /** A stage of one epoch beside one of fifty still gets this part of the axis. */
    private static final double LEAST_PART = 0.07;
    /** From this ratio of the largest to the smallest loss the axis is logarithmic. */
    private static final double LOGARITHMIC_FROM = 15;

    private static final Style VALIDATION = new Style(1);
    private static final Style TRAINING = new Style(0);

    @Override
    public String id() {
        return "training";
    }

    @Override
    public String title() {
        return "Training";
    }

    @Override
    public boolean isPresent() {
        return !metrics.isEmpty();
    }

    @Override
    public void write(Page page) {
        page.paragraph("Each band is a stage, its epochs from left to right; validation is on images held back from"
                + " training. Stages minimise different losses, so a loss compares within its band alone.");
        Map<String, List<MetricRow>> stages = new LinkedHashMap<>();
        metrics.forEach(row ->
                stages.computeIfAbsent(row.stage(), stage -> new ArrayList<>()).add(row));
        List<LineChart.Band> bands = bands(stages);
        double[] accuracies = finite(
                metrics.stream().flatMapToDouble(m -> DoubleStream.of(m.validationAccuracy(), m.trainAccuracy())));
        if (accuracies.length > 0) {
            List<LineChart.Line> lines = new ArrayList<>();
            lines.addAll(lines(stages, bands, MetricRow::trainAccuracy, TRAINING, "training images"));
            lines.addAll(lines(stages, bands, MetricRow::validationAccuracy, VALIDATION, "validation"));
            Axis y = Axis.linear("accuracy, %", accuracies[0], accuracies[accuracies.length - 1], 100);
            page.figure(
                    "Accuracy by epoch",
                    List.of(
                            Page.Legend.line("validation", VALIDATION),
                            Page.Legend.line("training images, augmented", TRAINING)),
                    chart("Accuracy", y, lines, bands));
        }
        double[] losses = finite(metrics.stream().mapToDouble(MetricRow::loss));
        if (losses.length > 0) {
            double least = losses[0];
            double most = losses[losses.length - 1];
            boolean logarithmic = least > 0 && most / least > LOGARITHMIC_FROM;
            Axis y = logarithmic
                    ? Axis.log10(
                            "loss, mean over the epoch, log scale",
                            least,
                            most,
                            v -> Format.brief(Format.significant(v)))
                    : Axis.linear("loss, mean over the epoch", Math.min(0, least), most, 1);
            page.figure(
                    "Loss by epoch",
                    List.of(),
                    chart("Loss", y, lines(stages, bands, MetricRow::loss, VALIDATION, "loss"), bands));
        }
        page.details(table());
    }

    private static LineChart chart(String what, Axis y, List<LineChart.Line> lines, List<LineChart.Band> bands) {
        return new LineChart(
                what + " by stage and epoch. The table below has the figures.",
                Axis.plain(0, 1),
                y,
                lines,
                bands,
                Optional.empty());
    }

    private static List<LineChart.Band> bands(Map<String, List<MetricRow>> stages) {
        int all = stages.values().stream().mapToInt(List::size).sum();
        Map<String, Double> parts = new LinkedHashMap<>();
        stages.forEach((stage, rows) -> parts.put(stage, Math.max(LEAST_PART * all, rows.size())));
        double sum = parts.values().stream().mapToDouble(Double::doubleValue).sum();
        List<LineChart.Band> bands = new ArrayList<>();
        double from = 0;
        for (Map.Entry<String, Double> part : parts.entrySet()) {
            double to = from + part.getValue() / sum;
            bands.add(new LineChart.Band(from, to, part.getKey()));
            from = to;
        }
        return bands;
    }

    /** A line for each stage, so that none joins two stages. */
    private static List<LineChart.Line> lines(
            Map<String, List<MetricRow>> stages,
            List<LineChart.Band> bands,
            ToDoubleFunction<MetricRow> value,
            Style style,
            String name) {
        List<LineChart.Line> lines = new ArrayList<>();
        for (LineChart.Band band : bands) {
            List<MetricRow> rows = stages.get(band.name());
            List<LineChart.Point> points = new ArrayList<>();
            for (int i = 0; i < rows.size(); i++) {
                MetricRow row = rows.get(i);
                double x = band.from() + (band.to() - band.from()) * (i + 0.5) / rows.size();
                double y = value.applyAsDouble(row);
                String shown = name.equals("loss") ? Format.significant(y) : Format.percent(y);
                points.add(
                        new LineChart.Point(x, y, row.stage() + ", epoch " + row.epoch() + ", " + name + ": " + shown));
            }
            lines.add(new LineChart.Line(style, points));
        }
        return lines;
    }

    private static double[] finite(DoubleStream values) {
        return values.filter(Double::isFinite).sorted().toArray();
    }

    private Table table() {
        Table table = new Table(
                "Metrics by stage and epoch",
                "stage",
                "epoch",
                "learning rate",
                "loss",
                "training, %",
                "validation, %",
                "time",
                "images per second");
        metrics.forEach(m -> table.row(
                m.stage(),
                Integer.toString(m.epoch()),
                Format.significant(m.learningRate()),
                Format.significant(m.loss()),
                Format.percentValue(m.trainAccuracy()),
                Format.percentValue(m.validationAccuracy()),
                Format.seconds(m.seconds()),
                Format.decimal(m.imagesPerSecond(), 0)));
        return table;
    }
}
