package org.ambispike.report;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.DoubleFunction;
import java.util.function.ToDoubleFunction;
import java.util.stream.DoubleStream;
import java.util.stream.Stream;
import org.ambispike.paper.Ablation;
import org.ambispike.paper.ActivationHistogram;
import org.ambispike.paper.LayerActivity;
import org.ambispike.paper.LayerResult;
import org.ambispike.paper.RunSummary;
import org.ambispike.paper.TimeStepResult;
import org.ambispike.run.EnergyEstimate;
import org.ambispike.train.MetricRow;

/** The page of a run: all that {@code summary.json} and {@code metrics.csv} hold, section by section; those without data are left out. */
public final class HtmlReport {
    /** Name of the file in a run's folder. */
    public static final String FILE_NAME = "report.html";

    /** Where the constants come from, and what they leave out. */
    static final String ENERGY_SOURCE = "Estimated from " + Format.decimal(EnergyEstimate.ACCUMULATE_PICOJOULES, 1)
            + " pJ for a 32-bit floating-point addition and "
            + Format.decimal(EnergyEstimate.MULTIPLY_ACCUMULATE_PICOJOULES, 1)
            + " pJ for a multiplication with addition (MAC) in 45 nm CMOS: M. Horowitz, “Computing’s energy problem"
            + " (and what we can do about it)”, ISSCC 2014. Memory traffic and the neurons' own updates are not"
            + " counted, and this is not the energy of the machine that ran it.";

    private static final int MOST_POINTS = 4;

    private static final List<Table.Column<ActivationHistogram>> THRESHOLDS = List.of(
            Table.column("layer", ActivationHistogram::layer),
            Table.rate("θ+ before", ActivationHistogram::beforeThetaPositive),
            Table.rate("θ+ after", ActivationHistogram::afterThetaPositive),
            Table.rate("θ− before", ActivationHistogram::beforeThetaNegative),
            Table.rate("θ− after", ActivationHistogram::afterThetaNegative));
    private static final List<Table.Column<LayerActivity>> ACTIVITY = List.of(
            Table.column("layer", LayerActivity::layer),
            Table.rate("positive, with", LayerActivity::positiveWith),
            Table.rate("positive, without", LayerActivity::positiveWithout),
            Table.rate("negative, with", LayerActivity::negativeWith),
            Table.rate("negative, without", LayerActivity::negativeWithout),
            Table.rate("both, with", row -> row.positiveWith() + row.negativeWith()),
            Table.rate("both, without", row -> row.positiveWithout() + row.negativeWithout()));
    private static final List<Table.Column<LayerResult>> LAYERS = Stream.concat(
                    Stream.of(Table.column("layer", LayerResult::name)),
                    SeedComparison.LAYERS.stream().map(rate -> Table.rate(rate.title(), rate.value())))
            .toList();
    private static final List<Table.Column<EnergyEstimate>> ENERGY = List.of(
            Table.column("network", row -> Format.calibration(row.calibratedFor())),
            Table.column("T", row -> Integer.toString(row.timeSteps())),
            Table.column("spike accumulations", row -> Format.operations(row.synapticOperations())),
            Table.column("first layer MACs", row -> Format.operations(row.inputMultiplyAccumulates())),
            Table.column("ANN MACs", row -> Format.operations(row.annMultiplyAccumulates())),
            Table.column("SNN energy", row -> Format.energy(row.snnNanojoules())),
            Table.column("ANN energy", row -> Format.energy(row.annNanojoules())),
            Table.column("SNN / ANN", row -> Format.decimal(row.snnNanojoules() / row.annNanojoules(), 2)));
    private static final List<Table.Column<MetricRow>> EPOCHS = List.of(
            Table.column("stage", MetricRow::stage),
            Table.column("epoch", row -> Integer.toString(row.epoch())),
            Table.column("learning rate", row -> Format.significant(row.learningRate())),
            Table.column("loss", row -> Format.significant(row.loss())),
            Table.column("training, %", row -> Format.percentValue(row.trainAccuracy())),
            Table.column("validation, %", row -> Format.percentValue(row.validationAccuracy())),
            Table.column("time", row -> Format.seconds(row.seconds())),
            Table.column("images per second", row -> Format.decimal(row.imagesPerSecond(), 0)));

    private final RunSummary run;
    private final HtmlPage page;

    private HtmlReport(RunSummary run) {
        this.run = run;
        this.page = new HtmlPage("Ambispike run report", run.network() + " on " + run.dataset(), lead().orElse(""));
    }

    /** What the script draws from. */
    record Data(List<RunSummary> summaries, List<MetricRow> metrics) {}

    /** Returns the whole page. */
    public static String render(RunSummary summary, List<MetricRow> metrics) {
        HtmlReport report = new HtmlReport(summary);
        report.header();
        if (hasAccuracy(summary)) {
            report.page.section("accuracy", "Accuracy against time steps");
            accuracy(report.page, 0, summary);
        }
        thresholds(report.page, summary);
        report.layers();
        report.ablations();
        report.energy();
        training(report.page, metrics);
        report.run();
        return report.page.render(new Data(List.of(summary), metrics));
    }

    private void header() {
        List<HtmlPage.Figure> figures = new ArrayList<>();
        figures.add(new HtmlPage.Figure("ANN", Format.percent(run.annAccuracy()), ""));
        if (Double.isFinite(run.clippedAnnAccuracy())) {
            figures.add(figure("Converted ANN", run.clippedAnnAccuracy()));
        }
        points().forEach(point -> figures.add(figure("SNN, T = " + point.timeSteps(), point.accuracy())));
        page.figures(figures)
                .fact("Test images", run.measuredImages())
                .fact("Recipe", run.recipe() + ", " + run.profile() + " profile")
                .fact("Device", run.device())
                .fact("Precision", run.precision())
                .fact("Threads", Integer.toString(run.threads()))
                .fact("Seed", Long.toString(run.seed()))
                .fact("Commit", run.commit());
    }

    private HtmlPage.Figure figure(String name, double accuracy) {
        double difference = accuracy - run.annAccuracy();
        String remark = Double.isFinite(difference) ? Format.points(difference) + " points" : "";
        return new HtmlPage.Figure(name, Format.percent(accuracy), remark);
    }

    /** Each calibrated network at the T that it is for; the uncalibrated one's best where none was calibrated. */
    private List<TimeStepResult> points() {
        List<TimeStepResult> calibrated = run.timeSteps().stream()
                .filter(row -> row.calibratedFor() > 0 && row.calibratedFor() == row.timeSteps())
                .sorted(Comparator.comparingInt(TimeStepResult::timeSteps))
                .limit(MOST_POINTS)
                .toList();
        return calibrated.isEmpty() ? best(run.timeSteps()).stream().toList() : calibrated;
    }

    private static Optional<TimeStepResult> best(List<TimeStepResult> results) {
        return results.stream()
                .filter(row -> Double.isFinite(row.accuracy()))
                .max(Comparator.comparingDouble(TimeStepResult::accuracy)
                        .thenComparing(TimeStepResult::timeSteps, Comparator.reverseOrder()));
    }

    private Optional<String> lead() {
        List<TimeStepResult> points = points();
        return best(points).map(best -> {
            TimeStepResult first = points.get(0);
            String few = first.equals(best) ? "" : ", and " + Format.percent(first.accuracy()) + " in " + steps(first);
            String against =
                    Double.isFinite(run.annAccuracy()) ? "; its ANN reaches " + Format.percent(run.annAccuracy()) : "";
            return "The spiking network classifies " + Format.percent(best.accuracy())
                    + " of the test images correctly in " + steps(best) + few + against + ".";
        });
    }

    private static String steps(TimeStepResult result) {
        return result.timeSteps() == 1 ? "one time step" : result.timeSteps() + " time steps";
    }

    static boolean hasAccuracy(RunSummary run) {
        return isMeasured(run.timeSteps().stream());
    }

    private static boolean isMeasured(Stream<TimeStepResult> results) {
        return results.anyMatch(row -> Double.isFinite(row.accuracy()));
    }

    /** Accuracy against T, calibrated and not (the paper's Fig. 3): all of it, and close to the ANN. */
    static void accuracy(HtmlPage page, int index, RunSummary run) {
        page.paragraph("Every network runs on " + run.measuredImages()
                + " for tests. More time steps T cost more operations; calibration makes a few of them enough.");
        page.beginRow().half("accuracy", index + " whole", "All of the range");
        if (Double.isFinite(run.annAccuracy())) {
            page.half("accuracy", index + " close", "Close to the ANN");
        }
        List<Series> all = Series.of(run.timeSteps());
        page.endRow().table(accuracyTable("Accuracy in percent, the best of each T in bold", "network", all));
        if (Double.isFinite(run.annAccuracy()) && run.testImages() > 0) {
            double error = Math.sqrt(run.annAccuracy() * (1 - run.annAccuracy()) / run.testImages());
            page.note("One standard error of an accuracy of " + Format.percent(run.annAccuracy()) + " on "
                    + Format.count(run.testImages()) + " images is " + Format.percentValue(error)
                    + " points: smaller differences may be chance.");
        }
        page.details(byTimeSteps(
                new Table("Speed of inference on " + run.device() + ", images per second", "network"),
                all,
                TimeStepResult::imagesPerSecond,
                speed -> Format.decimal(speed, 0),
                false));
    }

    /** A row for each series, a column for each T, the best of a column set apart. */
    private static Table accuracyTable(String caption, String rowName, List<Series> all) {
        return byTimeSteps(
                new Table(caption, rowName), all, TimeStepResult::accuracy, Format::percentValue, all.size() > 1);
    }

    private static Table byTimeSteps(
            Table table,
            List<Series> all,
            ToDoubleFunction<TimeStepResult> value,
            DoubleFunction<String> format,
            boolean markBest) {
        List<Integer> columns = Series.timeSteps(
                all.stream().flatMap(series -> series.results().stream()).toList());
        List<String> heading = new ArrayList<>(table.heading());
        columns.forEach(steps -> heading.add("T = " + steps));
        List<List<Table.Cell>> rows = new ArrayList<>();
        for (Series series : all) {
            List<Table.Cell> row = new ArrayList<>(List.of(new Table.Cell(series.name(), false)));
            for (int steps : columns) {
                double shown = series.at(steps, value);
                boolean best = markBest && all.stream().noneMatch(other -> other.at(steps, value) > shown);
                row.add(new Table.Cell(format.apply(shown), best && !Double.isNaN(shown)));
            }
            rows.add(row);
        }
        return new Table(table.caption(), heading, rows);
    }

    /** What threshold optimisation does: activations and thresholds (Fig. 1), firing rates by layer and polarity (Table 4). */
    static void thresholds(HtmlPage page, RunSummary run) {
        boolean fires = run.activity().stream()
                .flatMapToDouble(row -> DoubleStream.of(
                        row.positiveWith(), row.negativeWith(), row.positiveWithout(), row.negativeWithout()))
                .anyMatch(rate -> Double.isFinite(rate) && rate > 0);
        if (run.histograms().isEmpty() && !fires) {
            return;
        }
        page.section("thresholds", "Threshold optimisation");
        if (!run.histograms().isEmpty()) {
            page.paragraph("Activations of the ANN by layer before and after threshold optimisation, and the positive"
                    + " and negative thresholds θ+ and θ−. Without optimisation a threshold is the largest magnitude"
                    + " that occurs, which few activations come near: neurons then hardly fire. Each axis spans its own"
                    + " range.");
            page.beginRow();
            for (int layer = 0; layer < run.histograms().size(); layer++) {
                page.half("histogram", layer, run.histograms().get(layer).layer());
            }
            String caption = "Thresholds before and after optimisation, magnitudes in the ANN's units";
            page.endRow().details(Table.of(caption, run.histograms(), THRESHOLDS));
        }
        if (fires) {
            String caption = "Spikes per neuron and step with and without threshold optimisation";
            page.chart("activity", "", "Firing rates by layer and polarity")
                    .details(Table.of(caption, run.activity(), ACTIVITY));
        }
    }

    private void layers() {
        if (run.layers().isEmpty()) {
            return;
        }
        String caption = "Thresholds (ANN's units), spikes per neuron and step, relative error";
        page.section("layers", "Rates against the ANN by layer")
                .paragraph("The mean of a neuron's weighted spikes over T stands for the ANN's activation. The relative"
                        + " error is the root of the squared difference over the ANN's sum of squares: 0 is the same,"
                        + " 1 is as far off as no spikes at all.")
                .chart("layers", "", "Relative error of the rates")
                .details(Table.of(caption, run.layers(), LAYERS));
    }

    private void ablations() {
        List<Ablation> measured = run.ablations().stream()
                .filter(ablation -> isMeasured(ablation.rows().stream().flatMap(row -> row.results().stream())))
                .toList();
        if (measured.isEmpty()) {
            return;
        }
        page.section("ablations", "Ablations")
                .paragraph("Each comparison changes one setting and leaves the others as they are.");
        for (Ablation ablation : measured) {
            List<Series> rows = ablation.rows().stream()
                    .map(row -> new Series(row.setting(), row.results()))
                    .toList();
            page.chart("ablation", run.ablations().indexOf(ablation), ablation.name())
                    .table(accuracyTable(
                            ablation.name() + ": accuracy in percent, the best of each T in bold", "setting", rows));
        }
    }

    private void energy() {
        if (run.energy().isEmpty()) {
            return;
        }
        page.section("energy", "Operations and energy")
                .paragraph("A spike costs an accumulation in each neuron it reaches; the ANN multiplies and accumulates"
                        + " for every input. The first layer gets the image itself, so its multiply-accumulates are done"
                        + " once for all T.");
        if (run.energy().stream().anyMatch(row -> row.snnNanojoules() > 0 || row.annNanojoules() > 0)) {
            page.chart("energies", "", "Estimated energy against time steps");
        }
        page.details(Table.of("Operations and estimated energy for one image", run.energy(), ENERGY));
        run.energy().stream()
                .filter(row -> row.calibratedFor() == row.timeSteps() && Double.isFinite(row.snnNanojoules()))
                .min(Comparator.comparingDouble(EnergyEstimate::snnNanojoules))
                .ifPresent(row -> page.paragraph("The network " + Format.calibration(row.calibratedFor())
                        + " would take " + Format.energy(row.snnNanojoules()) + " for one image in as many steps, "
                        + Format.decimal(row.snnNanojoules() / row.annNanojoules(), 2) + " of the ANN's "
                        + Format.energy(row.annNanojoules()) + "."));
        page.note(ENERGY_SOURCE);
    }

    private static void training(HtmlPage page, List<MetricRow> metrics) {
        if (metrics.isEmpty()) {
            return;
        }
        page.section("training", "Training")
                .paragraph("Each band is a stage, its epochs from left to right; validation is on images held back from"
                        + " training. Stages minimise different losses, so a loss compares within its band alone.");
        if (metrics.stream().anyMatch(row -> Double.isFinite(row.validationAccuracy() + row.trainAccuracy()))) {
            page.chart("epochAccuracy", "", "Accuracy by epoch");
        }
        if (metrics.stream().anyMatch(row -> Double.isFinite(row.loss()))) {
            page.chart("epochLoss", "", "Loss by epoch");
        }
        page.details(Table.of("Metrics by stage and epoch", metrics, EPOCHS));
    }

    /** How long the stages took, what was set, and how to run it again. */
    private void run() {
        page.section("run", "The run");
        Map<String, Double> wall = run.wallSeconds();
        if (wall.values().stream().anyMatch(seconds -> seconds > 0)) {
            String total = Format.seconds(wall.values().stream()
                    .filter(Double::isFinite)
                    .mapToDouble(Double::doubleValue)
                    .sum());
            Table table = new Table("Wall time by stage", "stage", "time");
            wall.forEach((stage, seconds) -> table.row(stage, Format.seconds(seconds)));
            page.chart("wallTime", "", "Wall time by stage, " + total + " in all")
                    .details(table.row("all", total));
        }
        if (!run.settings().isEmpty()) {
            page.settings("Settings", run.settings());
        }
        page.command(run.command())
                .note("At commit " + run.commit() + " with seed " + run.seed() + ". " + SummaryJson.FILE_NAME + " and "
                        + MetricsCsv.FILE_NAME + " beside this file hold every figure shown here.");
    }
}
