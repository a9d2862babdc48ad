package org.ambispike.report;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.DoubleStream;
import org.ambispike.paper.Ablation;
import org.ambispike.paper.RunSummary;
import org.ambispike.paper.TimeStepResult;

/** Comparisons of settings: layer weighting (the paper's Table 5) and what else was run. */
record AblationSection(RunSummary run) implements Section {
    @Override
    public String id() {
        return "ablations";
    }

    @Override
    public String title() {
        return "Ablations";
    }

    @Override
    public boolean isPresent() {
        return run.ablations().stream().anyMatch(AblationSection::isMeasured);
    }

    @Override
    public void write(Page page) {
        page.paragraph("Each comparison changes one setting and leaves the others as they are.");
        for (Ablation ablation : run.ablations()) {
            if (isMeasured(ablation)) {
                write(page, ablation);
            }
        }
    }

    private static boolean isMeasured(Ablation ablation) {
        return accuracies(ablation).findAny().isPresent();
    }

    private static DoubleStream accuracies(Ablation ablation) {
        return ablation.rows().stream()
                .flatMap(r -> r.results().stream())
                .mapToDouble(TimeStepResult::accuracy)
                .filter(Double::isFinite);
    }

    private static void write(Page page, Ablation ablation) {
        List<Series> rows = ablation.rows().stream()
                .map(r -> new Series(r.setting(), r.results()))
                .toList();
        List<Integer> columns = Series.timeSteps(
                ablation.rows().stream().flatMap(r -> r.results().stream()).toList());
        double least = accuracies(ablation).min().orElse(0);
        double most = accuracies(ablation).max().orElse(1);
        double margin = Math.max(0.001, 0.08 * (most - least));
        String description = ablation.name() + ": accuracy by setting and T. The table below has the figures.";
        if (columns.size() > 1) {
            Axis y = Axis.linear("accuracy, %", Math.max(0, least - margin), Math.min(1, most + margin), 100);
            List<Page.Legend> legend = new ArrayList<>();
            List<LineChart.Line> lines = new ArrayList<>();
            for (Series row : rows) {
                Style style = new Style(lines.size() + 1);
                legend.add(Page.Legend.line(row.name(), style));
                lines.add(AccuracySection.line(row, style));
            }
            page.figure(
                    ablation.name(),
                    legend,
                    new LineChart(description, Axis.timeSteps(columns), y, lines, List.of(), Optional.empty()));
        } else {
            Axis x = Axis.linear(
                    "accuracy at T = " + columns.get(0) + ", %",
                    Math.max(0, least - margin),
                    Math.min(1, most + margin),
                    100);
            int timeSteps = columns.get(0);
            List<BarChart.Row> dots = rows.stream()
                    .map(r -> dot(r.name(), r.at(timeSteps, TimeStepResult::accuracy)))
                    .toList();
            page.figure(ablation.name(), List.of(), new BarChart(description, x, dots, true));
        }
        page.table(AccuracySection.accuracyTable(
                ablation.name() + ": accuracy in percent, the best of each T in bold", "setting", rows));
    }

    private static BarChart.Row dot(String setting, double accuracy) {
        return BarChart.single(
                setting,
                new BarChart.Bar(
                        accuracy, "plain", Format.percentValue(accuracy), setting + ": " + Format.percent(accuracy)));
    }
}
