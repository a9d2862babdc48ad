package org.ambispike.cli;

import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.ambispike.AnnModel;
import org.ambispike.ExitRule;
import org.ambispike.Model;
import org.ambispike.SpikingModel;
import org.ambispike.common.InputException;
import org.ambispike.common.Precision;
import org.ambispike.paper.Measurements;
import org.ambispike.paper.RateError;
import org.ambispike.paper.TimeStepResult;
import org.ambispike.report.ConsoleTables;
import org.ambispike.report.TimeStepsJson;
import org.ambispike.run.ExitCurve;
import org.ambispike.run.ExitResult;
import org.ambispike.run.StepCurve;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Measures a model on the test images. */
@Command(
        name = "evaluate",
        abbreviateSynopsis = true,
        description = "Measures accuracy on all test images and speed, for each number of time steps.",
        footer = {
            "",
            "EXAMPLE",
            "  ambispike evaluate runs/net4/snn-T4.safetensors --T 1,2,4,8 --json accuracy.json",
            "  ambispike evaluate runs/net4/snn-T4.safetensors --T 8 --exit margin=0.5,margin=0.9@2",
            "  ambispike evaluate runs/net4/snn.safetensors --convergence 4,16,64,256"
        })
final class EvaluateCommand implements Callable<Integer> {
    @Spec
    private CommandSpec spec;

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

    @Option(names = "--json", paramLabel = "FILE", description = "Also write the rows as in summary.json.")
    private Optional<Path> json;

    @Mixin
    private CommonOptions common;

    @Mixin
    private HelpOption help;

    @Override
    public Integer call() {
        List<Integer> steps = timeSteps.ascending();
        List<Integer> limits = Values.timeSteps(spec, "--convergence", convergence);
        Model network = exits.isEmpty() && convergence.isEmpty() ? model.read() : model.readSpiking();
        if (common.precision() == Precision.INT8 && !(network instanceof SpikingModel)) {
            throw new InputException("--precision int8 is for spiking networks, and this model has no spikes;"
                    + " evaluate it in f32, or convert it first");
        }
        if (common.precision() == Precision.INT8 && !convergence.isEmpty()) {
            throw new InputException(
                    "--convergence runs the ANN as well, which int8 cannot; take --precision f32 or bf16");
        }
        Path folder = common.out().orElseGet(model::folder);
        Workbench bench =
                new Workbench(common, folder, false, spec.commandLine().getErr(), network);
        Measured measured =
                bench.infer(new Metrics(folder), context -> measure(new Measurements(context), network, steps, limits));
        json.ifPresent(
                file -> TimeStepsJson.write(file, measured.timeSteps(), measured.exits(), measured.rateErrors()));
        PrintWriter out = spec.commandLine().getOut();
        out.print(ConsoleTables.accuracy(measured.timeSteps()));
        if (!measured.exits().isEmpty()) {
            out.println();
            out.print(ConsoleTables.exits(measured.exits()));
        }
        if (!measured.rateErrors().isEmpty()) {
            out.println();
            out.print(ConsoleTables.rateErrors(measured.rateErrors()));
        }
        return 0;
    }

    private record Measured(List<TimeStepResult> timeSteps, List<ExitResult> exits, List<RateError> rateErrors) {}

    /** An ANN is a network of one step, and its speed is not measured. */
    private Measured measure(Measurements measurements, Model network, List<Integer> steps, List<Integer> limits) {
        if (network instanceof AnnModel ann) {
            return new Measured(
                    List.of(new TimeStepResult(1, 0, measurements.accuracy(ann), Double.NaN)),
                    List.of(),
                    List.of());
        }
        SpikingModel snn = (SpikingModel) network;
        int largest = steps.get(steps.size() - 1);
        ExitCurve early = new ExitCurve(exits, snn.classes(), largest);
        StepCurve curve = measurements.curve(snn, largest, early);
        int calibratedFor = snn.calibratedFor().stream().reduce(0, Math::max);
        return new Measured(
                measurements.rows(snn, curve, steps, calibratedFor),
                early.results(),
                measurements.convergence(snn, limits));
    }
}
