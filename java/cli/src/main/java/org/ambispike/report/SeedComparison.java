package org.ambispike.report;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.function.Function;
import java.util.function.ToDoubleFunction;
import org.ambispike.common.InputException;
import org.ambispike.paper.Ablation;
import org.ambispike.paper.LayerActivity;
import org.ambispike.paper.LayerResult;
import org.ambispike.paper.RunSummary;
import org.ambispike.paper.TimeStepResult;

/**
 * Several runs that differ in their seed alone, as Markdown tables of mean and spread (the standard deviation of a
 * sample, n - 1).
 */
public final class SeedComparison {
    /** What is said of each layer, in a run's report too. */
    static final List<Rate<LayerResult>> LAYERS = List.of(
            new Rate<>("θ+", LayerResult::thetaPositive),
            new Rate<>("θ−", LayerResult::thetaNegative),
            new Rate<>("positive rate", LayerResult::positiveRate),
            new Rate<>("negative rate", LayerResult::negativeRate),
            new Rate<>("relative error", LayerResult::relativeError));

    private static final List<Rate<LayerActivity>> ACTIVITY = List.of(
            new Rate<>("positive, optimised", LayerActivity::positiveWith),
            new Rate<>("negative, optimised", LayerActivity::negativeWith),
            new Rate<>("positive, largest activation", LayerActivity::positiveWithout),
            new Rate<>("negative, largest activation", LayerActivity::negativeWithout));

    private final List<RunSummary> runs;

    /** A column of one figure of a layer. */
    record Rate<L>(String title, ToDoubleFunction<L> value) {}

    /** @throws InputException if the runs are not of one network, data set, recipe and profile */
    public SeedComparison(List<RunSummary> runs) {
        this.runs = List.copyOf(runs);
        if (runs.isEmpty()) {
            throw new InputException("name at least one folder of a finished run");
        }
        Function<RunSummary, String> kind =
                run -> String.join(" ", run.network(), run.dataset(), run.recipe(), run.profile(), run.precision());
        for (RunSummary run : runs) {
            if (!kind.apply(run).equals(kind.apply(runs.get(0)))) {
                throw new InputException("runs of different kinds cannot be averaged: " + kind.apply(runs.get(0))
                        + ", and " + kind.apply(run));
            }
        }
    }

    /** All tables that every run has figures for. */
    public String markdown() {
        RunSummary first = runs.get(0);
        StringBuilder text = new StringBuilder();
        text.append(String.format(
                Locale.ROOT,
                "%s on %s (%s), recipe %s, profile %s, %s %s, seeds %s, commits %s; accuracy in %%, mean ±"
                        + " standard deviation.%n%n",
                first.network(),
                first.dataset(),
                first.measuredImages(),
                first.recipe(),
                first.profile(),
                first.device(),
                first.precision(),
                runs.stream().map(run -> Long.toString(run.seed())).toList(),
                runs.stream().map(RunSummary::commit).distinct().toList()));
        text.append("ANN ")
                .append(percent(RunSummary::annAccuracy))
                .append(", after threshold optimisation ")
                .append(percent(RunSummary::clippedAnnAccuracy))
                .append(".\n\n");
        accuracies(text, "network", List.of(new Group("", RunSummary::timeSteps)));
        rates(text, RunSummary::layers, LayerResult::name, LAYERS);
        rates(text, RunSummary::activity, LayerActivity::layer, ACTIVITY);
        for (int index = 0; index < first.ablations().size(); index++) {
            ablation(text, index);
        }
        return text.toString();
    }

    /** One network's rows in every run. */
    private record Group(String name, Function<RunSummary, List<TimeStepResult>> results) {}

    private void accuracies(StringBuilder text, String heading, List<Group> groups) {
        List<Integer> columns = Series.timeSteps(groups.get(0).results().apply(runs.get(0)));
        List<String> titles = new ArrayList<>(List.of(heading));
        columns.forEach(t -> titles.add("T=" + t));
        heading(text, titles);
        for (Group group : groups) {
            for (Series series : Series.of(group.results().apply(runs.get(0)))) {
                List<String> row = new ArrayList<>(List.of(group.name().isEmpty() ? series.name() : group.name()));
                int calibratedFor = series.results().get(0).calibratedFor();
                for (int t : columns) {
                    row.add(percent(run -> new Series(
                                    "",
                                    group.results().apply(run).stream()
                                            .filter(result -> result.calibratedFor() == calibratedFor)
                                            .toList())
                            .at(t, TimeStepResult::accuracy)));
                }
                row(text, row);
            }
        }
        text.append('\n');
    }

    /** Thresholds or rates, a row for each layer. */
    private <L> void rates(
            StringBuilder text, Function<RunSummary, List<L>> layers, Function<L, String> name, List<Rate<L>> columns) {
        List<String> titles = new ArrayList<>(List.of("layer"));
        columns.forEach(column -> titles.add(column.title));
        heading(text, titles);
        List<L> first = layers.apply(runs.get(0));
        for (int index = 0; index < first.size(); index++) {
            int layer = index;
            List<String> row = new ArrayList<>(List.of(name.apply(first.get(layer))));
            columns.forEach(column -> row.add(meanAndSpread(
                    run -> column.value.applyAsDouble(layers.apply(run).get(layer)), 4)));
            row(text, row);
        }
        text.append('\n');
    }

    private void ablation(StringBuilder text, int index) {
        if (runs.stream().anyMatch(run -> run.ablations().size() <= index)) {
            return;
        }
        Ablation ablation = runs.get(0).ablations().get(index);
        List<Group> groups = new ArrayList<>();
        for (int setting = 0; setting < ablation.rows().size(); setting++) {
            int position = setting;
            groups.add(new Group(
                    ablation.rows().get(position).setting(),
                    run -> run.ablations().get(index).rows().get(position).results()));
        }
        accuracies(text, ablation.name(), groups);
    }

    private String percent(ToDoubleFunction<RunSummary> value) {
        return meanAndSpread(run -> 100 * value.applyAsDouble(run), 2);
    }

    private String meanAndSpread(ToDoubleFunction<RunSummary> value, int decimals) {
        double[] values = runs.stream().mapToDouble(value).toArray();
        double mean = 0;
        for (double one : values) {
            mean += one / values.length;
        }
        double squares = 0;
        for (double one : values) {
            squares += (one - mean) * (one - mean);
        }
        String text = Format.decimal(mean, decimals);
        return values.length < 2 || Double.isNaN(mean)
                ? text
                : text + " ± " + Format.decimal(Math.sqrt(squares / (values.length - 1)), decimals);
    }

    private static void heading(StringBuilder text, List<String> titles) {
        row(text, titles);
        row(text, titles.stream().map(title -> "---").toList());
    }

    private static void row(StringBuilder text, List<String> cells) {
        text.append("| ").append(String.join(" | ", cells)).append(" |\n");
    }
}
