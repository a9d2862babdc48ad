package org.ambispike.cli;

import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.UnaryOperator;
import org.ambispike.paper.ModelNames;
import org.ambispike.paper.PaperTable;
import org.ambispike.paper.Plan;
import org.ambispike.paper.Profile;
import org.ambispike.paper.Recipe;
import org.ambispike.paper.Recipes;
import org.ambispike.paper.Reproduction;
import org.ambispike.paper.RunSummary;
import org.ambispike.report.MetricsCsv;
import org.ambispike.report.PaperComparison.Measured;
import org.ambispike.report.Reports;
import org.ambispike.report.SummaryJson;

/**
 * The runs behind a table or figure, each in a folder of its own that later tables find again: what is finished there is
 * read, what was stopped goes on, and an ANN that another of the runs has trained is not trained again.
 *
 * @param changes of every plan, such as fewer epochs
 */
record PaperRuns(CommonOptions options, Profile profile, UnaryOperator<Plan> changes, String command, PrintWriter err) {
    /** Where the runs, and the tables, are. */
    Path folder() {
        return options.out().orElseGet(() -> Path.of("runs", "paper", profile.label() + "-seed" + options.seed()));
    }

    /** All runs of the table, in the order of its rows. */
    List<Measured> run(PaperTable table) {
        List<Measured> measured = new ArrayList<>();
        Map<String, Path> trained = new LinkedHashMap<>();
        for (PaperTable.Run run : table.runs(profile)) {
            Plan plan = changes.apply(run.plan());
            Path folder = folder().resolve(table.network()).resolve(run.label());
            measured.add(new Measured(run.label(), summary(table, plan, folder, trained)));
            trained.putIfAbsent(annSettings(plan), folder.resolve(ModelNames.ANN));
        }
        return measured;
    }

    /** All that an ANN depends on beside images and seed. */
    private static String annSettings(Plan plan) {
        Recipe recipe = plan.recipe();
        return String.join(
                " ",
                plan.network().toString(),
                Double.toString(recipe.alpha()),
                Double.toString(recipe.dropout()),
                recipe.ann().toString());
    }

    private RunSummary summary(PaperTable table, Plan plan, Path folder, Map<String, Path> trained) {
        Optional<Path> ann = Optional.ofNullable(trained.get(annSettings(plan)));
        Reproduction.Request request = new Reproduction.Request(folder, plan, true, false, options.threads(), command);
        Reproduction.Comparison comparison =
                new Reproduction.Comparison(table.calibrated(), PaperTable.longest(profile), ann);
        Path finished = folder.resolve(SummaryJson.FILE_NAME);
        MetricsCsv metrics = new MetricsCsv(folder);
        return new CommandContext(options, folder, true, err, Recipes.images(table.network())).run(metrics, context -> {
            context.listener().note(table.label() + ": " + folder);
            Reproduction reproduction = new Reproduction(request, context);
            if (reproduction.isResumed() && Files.exists(finished)) {
                return SummaryJson.read(finished);
            }
            if (!reproduction.isResumed()) {
                metrics.clear();
            }
            RunSummary summary = reproduction.compare(comparison);
            Reports.write(folder, summary, metrics.rows());
            return summary;
        });
    }
}
