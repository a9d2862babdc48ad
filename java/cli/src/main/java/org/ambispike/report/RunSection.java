package org.ambispike.report;

import java.util.List;
import java.util.Map;
import org.ambispike.paper.RunSummary;

/** How long the stages took, what was set, and how to run it again. */
record RunSection(RunSummary run) implements Section {
    @Override
    public String id() {
        return "run";
    }

    @Override
    public String title() {
        return "The run";
    }

    @Override
    public boolean isPresent() {
        return true;
    }

    @Override
    public void write(Page page) {
        double longest = run.wallSeconds().values().stream()
                .mapToDouble(Double::doubleValue)
                .filter(Double::isFinite)
                .max()
                .orElse(0);
        if (longest > 0) {
            writeWallTime(page, longest);
        }
        Markup out = page.markup();
        if (!run.settings().isEmpty()) {
            settings(out, "Settings", run.settings());
        }
        command(out, run.command());
        page.note("At commit " + run.commit() + " with seed " + run.seed() + ". " + SummaryJson.FILE_NAME + " and "
                + MetricsCsv.FILE_NAME + " beside this file hold every figure shown here.");
    }

    /** Names and values under a heading. */
    static void settings(Markup out, String heading, Map<String, String> settings) {
        out.element("h3", heading).open("dl", "class", "settings");
        settings.forEach((name, value) -> out.element("dt", name).element("dd", value));
        out.close();
    }

    static void command(Markup out, String command) {
        out.element("h3", "Run it again");
        out.open("pre", "tabindex", "0").element("code", command).close();
    }

    private void writeWallTime(Page page, double longest) {
        boolean minutes = longest >= 120;
        double unit = minutes ? 1.0 / 60 : 1;
        Table table = new Table("Wall time by stage", "stage", "time");
        for (Map.Entry<String, Double> stage : run.wallSeconds().entrySet()) {
            table.row(stage.getKey(), Format.seconds(stage.getValue()));
        }
        table.row("all", Format.seconds(totalSeconds()));
        List<BarChart.Row> rows = run.wallSeconds().entrySet().stream()
                .map(e -> BarChart.single(
                        e.getKey(),
                        new BarChart.Bar(
                                e.getValue() * unit,
                                "plain",
                                Format.seconds(e.getValue()),
                                e.getKey() + ": " + Format.seconds(e.getValue()))))
                .toList();
        page.figure(
                "Wall time by stage, " + Format.seconds(totalSeconds()) + " in all",
                List.of(),
                new BarChart(
                        "Wall time of each stage. The table below has the figures.",
                        Axis.linear(minutes ? "wall time, minutes" : "wall time, seconds", 0, longest * unit, 1),
                        rows,
                        false));
        page.details(table);
    }

    private double totalSeconds() {
        return run.wallSeconds().values().stream()
                .mapToDouble(Double::doubleValue)
                .filter(Double::isFinite)
                .sum();
    }
}
