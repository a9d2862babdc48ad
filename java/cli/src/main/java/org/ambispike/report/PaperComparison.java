package org.ambispike.report;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.OptionalInt;
import java.util.function.IntToDoubleFunction;
import java.util.stream.Stream;
import org.ambispike.paper.ActivationHistogram;
import org.ambispike.paper.LayerActivity;
import org.ambispike.paper.RunSummary;

/**
 * A table or figure of the paper beside what was measured here.
 *
 * @param label such as {@code table1}
 * @param source where the paper's rows are from
 * @param columns of both
 * @param paper rows as published
 * @param measured rows of the runs
 * @param notes what a reader must know to compare them
 */
public record PaperComparison(
        String label,
        String title,
        String source,
        List<String> columns,
        List<List<String>> paper,
        List<List<String>> measured,
        List<String> notes) {
    private static final List<Integer> COMPARED = List.of(4, 8);

    /**
     * A run and its row's name.
     *
     * @param method as {@code --recipe} takes it, or one of its settings
     */
    public record Measured(String method, RunSummary summary) {}

    /**
     * Puts them side by side.
     *
     * @throws IllegalArgumentException if nothing of the paper has the label, or there are no runs
     */
    public static PaperComparison of(String label, List<Measured> runs) {
        if (runs.isEmpty()) {
            throw new IllegalArgumentException(label + " needs runs to show");
        }
        PaperFigures figures = PaperFigures.load();
        PaperFigures.Published published = figures.of(label);
        List<String> notes = new ArrayList<>();
        RunSummary first = runs.get(0).summary();
        notes.add(String.format(
                Locale.ROOT,
                "Measured: %s on %s, %s, profile %s, seed %d, %s %s, commit %s.",
                first.network(),
                first.dataset(),
                first.measuredImages(),
                first.profile(),
                first.seed(),
                first.device(),
                first.precision(),
                first.commit()));
        if (!published.note().isEmpty()) {
            notes.add(published.note());
        }
        List<List<String>> rows = new ArrayList<>();
        switch (label) {
            case "table1", "table5" -> {
                runs.forEach(run -> rows.add(leastTimeSteps(run, label.equals("table5"))));
                notes.add("Time steps: the least T measured at which the spiking network is within 0.1 points of its"
                        + " ANN, the better of the ANN as trained and as converted; a network calibrated for a smaller"
                        + " T serves the larger ones. Its accuracy is that at this T, or at the longest measured.");
            }
            case "table2", "table3" -> COMPARED.forEach(steps -> runs.forEach(run -> rows.add(loss(run, steps))));
            case "table4" -> {
                rows.add(rates("with", runs, true));
                rows.add(rates("without", runs, false));
                notes.add("Spikes of both polarities per neuron and step at T = 4; without: the largest activations"
                        + " as thresholds.");
            }
            case "figure1" -> first.histograms().forEach(layer -> rows.add(thresholds(layer)));
            case "figure3" -> {
                MethodAccuracy accuracy = new MethodAccuracy(first);
                rows.add(curve("calibrated", published.columns(), accuracy::at));
                rows.add(curve("not calibrated", published.columns(), accuracy::uncalibratedAt));
                notes.add("ANN: " + Format.percent(accuracy.ann()) + ".");
            }
            default -> throw new IllegalArgumentException("nothing is measured for " + label);
        }
        return new PaperComparison(
                label,
                published.title(),
                figures.source() + ", " + published.place(),
                published.columns(),
                published.rows(),
                List.copyOf(rows),
                List.copyOf(notes));
    }

    private static List<String> leastTimeSteps(Measured run, boolean weighting) {
        MethodAccuracy accuracy = new MethodAccuracy(run.summary());
        OptionalInt least = accuracy.leastTimeSteps();
        int shown = least.orElse(accuracy.longest());
        return List.of(
                weighting ? run.summary().settings().getOrDefault("layer weighting", run.method()) : run.method(),
                Format.percentValue(accuracy.ann()),
                Format.percentValue(accuracy.at(shown)),
                least.isPresent() ? Integer.toString(shown) : "> " + shown);
    }

    private static List<String> loss(Measured run, int timeSteps) {
        MethodAccuracy accuracy = new MethodAccuracy(run.summary());
        return List.of(
                run.method(),
                Integer.toString(timeSteps),
                Format.percentValue(accuracy.ann()),
                Format.percentValue(accuracy.at(timeSteps)),
                Format.percentValue(accuracy.ann() - accuracy.at(timeSteps)));
    }

    private static List<String> rates(String name, List<Measured> runs, boolean optimised) {
        List<String> row = new ArrayList<>(List.of(name));
        for (LayerActivity layer : runs.get(0).summary().activity()) {
            row.add(Format.rate(
                    optimised
                            ? layer.positiveWith() + layer.negativeWith()
                            : layer.positiveWithout() + layer.negativeWithout()));
        }
        return row;
    }

    private static List<String> thresholds(ActivationHistogram layer) {
        return List.of(
                layer.layer(),
                Format.rate(layer.beforeThetaPositive()),
                Format.rate(layer.afterThetaPositive()),
                Format.rate(layer.beforeThetaNegative()),
                Format.rate(layer.afterThetaNegative()));
    }

    /** A column is called {@code T = 4}. */
    private static List<String> curve(String name, List<String> columns, IntToDoubleFunction accuracy) {
        List<String> row = new ArrayList<>(List.of(name));
        columns.stream()
                .skip(1)
                .map(column -> Integer.parseInt(column.substring("T = ".length())))
                .forEach(steps -> row.add(Format.percentValue(accuracy.applyAsDouble(steps))));
        return row;
    }

    /** Both tables for a terminal, and the notes; whole lines. */
    public String text() {
        StringBuilder text = new StringBuilder(title).append("\n\n");
        text.append(withOrigin().text(2)).append('\n');
        notes.forEach(note -> text.append(note).append('\n'));
        return text.append("Paper: ").append(source).append('\n').toString();
    }

    /** Returns the rows of both, the first cell saying whose they are. */
    Table withOrigin() {
        Table table = new Table(title, prefixed("origin", columns));
        paper.forEach(row -> table.row(prefixed("paper", row)));
        measured.forEach(row -> table.row(prefixed("measured", row)));
        return table;
    }

    private static String[] prefixed(String first, List<String> rest) {
        return Stream.concat(Stream.of(first), rest.stream()).toArray(String[]::new);
    }
}
