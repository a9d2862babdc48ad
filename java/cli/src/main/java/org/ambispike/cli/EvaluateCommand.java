package org.ambispike.cli;

import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.ambispike.Comparison;
import org.ambispike.ExitRule;
import org.ambispike.Model;
import org.ambispike.SessionOptions;
import org.ambispike.SpikingModel;
import org.ambispike.common.InputException;
import org.ambispike.common.Precision;
import org.ambispike.common.Version;
import org.ambispike.data.Dataset;
import org.ambispike.paper.Measurements;
import org.ambispike.paper.TimeStepResult;
import org.ambispike.report.ConsoleTables;
import org.ambispike.report.TargetFiles;
import org.ambispike.report.TargetReport;
import org.ambispike.report.TimeStepsJson;
import org.ambispike.run.ExitCurve;
import org.ambispike.run.StepCurve;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Measures a model on the test images. */
@Command(
        name = "evaluate",
        abbreviateSynopsis = true,
        description =
                "Measures accuracy on all test images and the speed of a session, for each number of time steps; reads no training images. "
                        + "With --target, and where the network gives no classes, how far its results are from others.",
        footer = {
            "",
            "EXAMPLE",
            "  ambispike evaluate runs/net4/snn-T4.safetensors --T 1,2,4,8 --json accuracy.json",
            "  ambispike evaluate runs/net4/snn-T4.safetensors --T 8 --exit margin=0.5,margin=0.9@2",
            "  ambispike evaluate runs/net4/snn.safetensors --convergence 4,16,64,256",
            "  ambispike evaluate runs/unet/snn.safetensors --target ann --T 8,32,128 --data photos"
        })
final class EvaluateCommand extends CliCommand {
    private static final String ANN = "ann";

    @Mixin
    private ModelArgument model;

    @Mixin
    private TimeStepsOption timeSteps;

    @Option(
            names = "--exit",
            paramLabel = "RULE[,RULE...]",
            split = ",",
            hideParamSyntax = true,
            converter = ExitRuleConverter.class,
            description =
                    "Let images leave early, by the softmax of their logits so far: margin=X between the two largest "
                            + "probabilities, or confidence=X for the largest; @T for not before step T. Prints accuracy and mean T.")
    private List<ExitRule> exits = List.of();

    @Option(
            names = "--convergence",
            paramLabel = "N[,N...]",
            split = ",",
            hideParamSyntax = true,
            description =
                    "Also print how far the firing rates of each layer are, after these numbers of time steps, from the "
                            + "activations of the ANN that the network tends to; on the first 200 test images.")
    private List<Integer> convergence = List.of();

    @Mixin
    private TargetOptions target;

    @Option(names = "--json", paramLabel = "FILE", description = "Also write the rows as in summary.json.")
    private Optional<Path> json;

    @Mixin
    private CommonOptions common;

    @Override
    public Integer call() {
        List<Integer> steps = timeSteps.ascending();
        List<Integer> limits = Values.timeSteps(spec, "--convergence", convergence);
        Model network = exits.isEmpty() && convergence.isEmpty() ? model.read() : model.readSpiking();
        if (common.precision() == Precision.INT8 && !(network instanceof SpikingModel)) {
            throw new InputException("--precision int8 is for spiking networks, and this model has no spikes;"
                    + " evaluate it in f32, or convert it first");
        }
        if (target.wanted(network)) {
            compare(network, steps);
            return 0;
        }
        if (common.precision() == Precision.INT8 && !convergence.isEmpty()) {
            throw new InputException(
                    "--convergence runs the ANN as well, which int8 cannot; take --precision f32 or bf16");
        }
        Measured measured = CommandContext.open(common, err(), tools -> {
            Dataset images = StageImages.test(common.images(), network.saved(), tools.progress()::note);
            return measure(tools, images, network, steps, limits);
        });
        json.ifPresent(file -> TimeStepsJson.write(file, measured.results()));
        print(measured);
        return 0;
    }

    private void compare(Model network, List<Integer> steps) {
        if (!exits.isEmpty() || !convergence.isEmpty()) {
            throw new InputException("--exit and --convergence are of classes and layers; leave them away to compare"
                    + " results with --target");
        }
        TargetReport report = target(network, steps);
        List<Path> written =
                TargetFiles.write(common.out().orElseGet(model::folder), model.stem() + "-outputs", report);
        json.ifPresent(file -> TargetFiles.write(file, report));
        PrintWriter out = out();
        out.println(Dataset.portion(report.images(), report.images()) + ", against " + report.target());
        out.print(TargetFiles.table(report));
        written.forEach(out::println);
    }

    /** Measures how far the network's results are from targets. */
    private TargetReport target(Model network, List<Integer> steps) {
        TargetOptions.Chosen chosen = target.choose(network, model);
        return CommandContext.open(common, err(), tools -> {
            Dataset images = StageImages.test(common.images(), network.saved(), tools.progress()::note);
            SessionOptions usual = Comparison.forTimeSteps(steps).session();
            Comparison.Builder comparison = Comparison.builder(steps)
                    .session(common.session(usual, tools.device().request()))
                    .listener(tools.progress())
                    .cancellation(tools.cancellation());
            target.applyTo(comparison);
            return new TargetReport(
                    network.network(),
                    chosen.source(),
                    images.name(),
                    images.size(),
                    tools.backend().describe(),
                    Choice.label(common.precision()),
                    Version.current().commit(),
                    network.compare(images, chosen.targets(), comparison.build()),
                    typed());
        });
    }

    private void print(Measured measured) {
        TimeStepsJson.Evaluated results = measured.results();
        String images = Dataset.portion(results.images(), results.allImages());
        PrintWriter out = out();
        out.println(images);
        out.print(ConsoleTables.accuracyAndSpeed(results.network().equals(ANN), results.timeSteps()));
        if (!results.exits().isEmpty()) {
            out.println();
            out.println(images);
            out.print(ConsoleTables.exits(results.exits()));
        }
        if (!results.rateErrors().isEmpty()) {
            out.println();
            out.print(ConsoleTables.rateErrors(results.rateErrors()));
        }
        measured.guessing().ifPresent(line -> out.println("\n" + line));
    }

    /** @param guessing says which results are no better than guesses, if some are */
    private record Measured(TimeStepsJson.Evaluated results, Optional<String> guessing) {}

    /** An ANN is a network of one step. */
    private Measured measure(
            CommandContext.Tools tools, Dataset images, Model network, List<Integer> steps, List<Integer> limits) {
        SessionOptions session =
                common.session(SessionOptions.defaults(), tools.device().request());
        Measurements measurements = new Measurements(
                tools.backend(), images, tools.progress(), tools.cancellation(), new SessionSpeed(images, session));
        boolean spiking = network.saved().graph().isSpiking();
        List<Integer> reported = spiking ? steps : List.of(1);
        int largest = reported.get(reported.size() - 1);
        ExitCurve early = new ExitCurve(exits, network.saved().graph().classes(), largest);
        StepCurve curve = measurements.curve(network, largest, early);
        int calibratedFor = network.saved().info().calibratedFor().stream().reduce(0, Math::max);
        List<TimeStepResult> rows = measurements.rows(network, curve, reported, spiking ? calibratedFor : 0);
        return new Measured(
                new TimeStepsJson.Evaluated(
                        spiking ? "snn" : ANN,
                        curve.images(),
                        images.size(),
                        rows,
                        early.results(),
                        spiking ? measurements.convergence((SpikingModel) network, limits) : List.of()),
                new Guessing(images).said(network, rows));
    }
}
