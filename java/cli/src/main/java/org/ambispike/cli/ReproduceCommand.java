package org.ambispike.cli;

import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.List;
import org.ambispike.paper.PaperTable;
import org.ambispike.paper.Plan;
import org.ambispike.paper.PlannedWork;
import org.ambispike.paper.RecipeJson;
import org.ambispike.paper.Recipes;
import org.ambispike.paper.Reproduction;
import org.ambispike.paper.RunSummary;
import org.ambispike.report.ConsoleTables;
import org.ambispike.report.MetricsCsv;
import org.ambispike.report.PaperComparison;
import org.ambispike.report.PaperComparisonFiles;
import org.ambispike.report.Reports;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** The whole job: train, optimise, convert, calibrate, measure, report. */
@Command(
        name = "reproduce",
        abbreviateSynopsis = true,
        description = {
            "Trains a network, converts and calibrates it, and measures all of it in a report.",
            "With a table or figure of the paper: runs what it needs, and shows the paper's rows beside ours."
        },
        footer = {
            "",
            "EXAMPLE",
            "  ambispike reproduce net4                          in minutes, into runs/net4",
            "  ambispike reproduce net4 --profile full --seed 2 --out runs/full-2",
            "  ambispike reproduce net4 --resume                 go on after Ctrl-C or a crash",
            "  ambispike reproduce table1                        compared methods, into runs/paper; goes on by itself",
            "  ambispike reproduce resnet18 --profile small      an hour on two cores"
        })
final class ReproduceCommand extends CliCommand {
    @Mixin
    private ReproductionArgument target;

    @Mixin
    private RecipeOptions recipe;

    @Mixin
    private AnnEpochs epochs;

    @Mixin
    private ThresholdOption thresholds;

    @Mixin
    private NeuronOption neuron;

    @Mixin
    private CalibrationOptions calibration;

    @Option(names = "--ablations", description = "Also compare neurons, thresholds, penalty, weightings and losses.")
    private boolean ablations;

    @Option(names = "--plan", description = "Only show the recipe, and what each stage would compute.")
    private boolean planOnly;

    @Mixin
    private ResumeOption resume;

    @Mixin
    private CommonOptions common;

    @Override
    public Integer call() {
        return target.table().map(this::compare).orElseGet(() -> reproduce(target.network()));
    }

    /** The runs of a table have settings of their own, but for how long they train. */
    private Integer compare(PaperTable table) {
        target.refuseBeside(
                "--recipe",
                "--neuron",
                "--ablations",
                "--plan",
                "--weighting",
                "--loss",
                "--kappa",
                "--calibrate",
                "--per-channel",
                "--batch",
                "--augmentation");
        PaperRuns runs = new PaperRuns(
                common,
                recipe.profile(table.network()),
                plan -> epochs.applyTo(plan).with(calibration::applyTo),
                typed(),
                err());
        PrintWriter out = out();
        List<PaperComparison.Measured> measured = runs.run(table);
        PaperComparison comparison = PaperComparison.of(table.label(), measured);
        out.println(comparison.text());
        out.println("report: " + PaperComparisonFiles.write(runs.folder(), comparison, measured));
        return 0;
    }

    private Integer reproduce(String network) {
        PrintWriter out = out();
        Path folder = common.out().orElseGet(() -> Path.of("runs", network));
        Plan plan = epochs.applyTo(recipe.plan(network))
                .with(chosen -> calibration.applyTo(neuron.applyTo(thresholds.applyTo(chosen))));
        require(
                plan.recipe().calibration().stepGains().isEmpty()
                        || plan.recipe().neuron().model().takesBack(),
                "gains by step are for neurons that take spikes back; add --neuron memory");
        if (planOnly) {
            out.println(ConsoleTables.work(PlannedWork.of(plan)));
            out.println("recipe " + plan.recipe().name() + ", SHA-256 " + RecipeJson.hash(plan.recipe()) + ":");
            out.println(RecipeJson.lines(plan.recipe()));
            return 0;
        }
        Reproduction.Request request =
                new Reproduction.Request(folder, plan, resume.resume(), ablations, common.threads(), typed());
        MetricsCsv metrics = new MetricsCsv(folder);
        CommandContext bench = new CommandContext(common, folder, resume.resume(), err(), Recipes.images(network));
        RunSummary summary = bench.run(metrics, context -> {
            Reproduction reproduction = new Reproduction(request, context);
            if (!resume.resume()) {
                metrics.clear();
            }
            return reproduction.run();
        });
        Reports.write(folder, summary, metrics.rows());
        out.println(summary.measuredImages());
        out.println(ConsoleTables.accuracy(summary.annAccuracy(), summary.clippedAnnAccuracy(), summary.timeSteps()));
        out.println(ConsoleTables.wallSeconds(summary.wallSeconds()));
        out.println("report: " + folder.resolve("report.html"));
        return 0;
    }
}
