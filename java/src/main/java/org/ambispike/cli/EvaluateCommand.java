package org.ambispike.cli;

import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.ambispike.evaluate.StepCurve;
import org.ambispike.io.SavedModel;
import org.ambispike.recipe.Measurements;
import org.ambispike.report.ConsoleTables;
import org.ambispike.report.TimeStepsJson;
import org.ambispike.result.TimeStepResult;
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
        footer = {"", "EXAMPLE", "  ambispike evaluate runs/net4/snn-T4.safetensors --T 1,2,4,8 --json accuracy.json"})
final class EvaluateCommand implements Callable<Integer> {
    @Spec
    private CommandSpec spec;

    @Mixin
    private ModelArgument model;

    @Option(
            names = "--T",
            paramLabel = "N[,N...]",
            split = ",",
            hideParamSyntax = true,
            description = "Numbers of time steps of a spiking network. Default: 1,2,4,8.")
    private List<Integer> timeSteps = List.of(1, 2, 4, 8);

    @Option(names = "--json", paramLabel = "FILE", description = "Also write the rows as in summary.json.")
    private Optional<Path> json;

    @Mixin
    private CommonOptions common;

    @Mixin
    private HelpOption help;

    @Override
    public Integer call() {
        List<Integer> steps = Values.timeSteps(spec, timeSteps);
        SavedModel network = model.read();
        Path folder = common.out().orElseGet(model::folder);
        Workbench bench =
                new Workbench(common, folder, false, spec.commandLine().getErr(), network);
        List<TimeStepResult> results =
                bench.run(new Metrics(folder), context -> measure(new Measurements(context), network, steps));
        json.ifPresent(file -> TimeStepsJson.write(file, results));
        spec.commandLine().getOut().print(ConsoleTables.accuracy(results));
        return 0;
    }

    /** An ANN is a network of one step, and its speed is not measured. */
    private static List<TimeStepResult> measure(Measurements measurements, SavedModel network, List<Integer> steps) {
        if (!network.graph().isSpiking()) {
            return List.of(new TimeStepResult(1, 0, measurements.accuracy(network), Double.NaN));
        }
        StepCurve curve = measurements.curve(network, steps.get(steps.size() - 1));
        int calibratedFor = network.info().calibratedFor().stream().reduce(0, Math::max);
        return measurements.rows(network, curve, steps, calibratedFor);
    }
}
