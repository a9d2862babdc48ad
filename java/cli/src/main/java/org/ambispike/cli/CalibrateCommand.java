package org.ambispike.cli;

import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.ambispike.AnnModel;
import org.ambispike.SpikingModel;
import org.ambispike.common.InputException;
import org.ambispike.paper.ModelNames;
import org.ambispike.paper.Plan;
import org.ambispike.paper.Recipe;
import org.ambispike.paper.Stages;
import org.ambispike.train.TeacherNetwork;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Calibrates a spiking network through time. */
@Command(
        name = "calibrate",
        abbreviateSynopsis = true,
        description = "Trains all layers of a spiking network jointly by BPTT, with the ANN as teacher; "
                + "writes snn-T{T}.safetensors.",
        footer = {
            "",
            "EXAMPLE",
            "  ambispike calibrate runs/mine/snn.safetensors --T 2,4",
            "  ambispike calibrate runs/mine/snn.safetensors --T 1,2,4,8 --together --weighting average"
        })
final class CalibrateCommand implements Callable<Integer> {
    @Spec
    private CommandSpec spec;

    @Mixin
    private ModelArgument model;

    @Mixin
    private TimeStepsOption timeSteps;

    @Option(names = "--together", description = "One network for all of T. Default: a network for each.")
    private boolean together;

    @Option(
            names = "--teacher",
            paramLabel = "FILE",
            description = "The ANN to imitate. Default: beside MODEL, model.safetensors or optimized.safetensors, "
                    + "as the recipe has it.")
    private Optional<Path> teacher;

    @Mixin
    private RecipeOptions recipe;

    @Mixin
    private CalibrationOptions calibration;

    @Mixin
    private ResumeOption resume;

    @Mixin
    private CommonOptions common;

    @Mixin
    private HelpOption help;

    @Override
    public Integer call() {
        List<Integer> steps = timeSteps.ascending();
        SpikingModel snn = model.readSpiking();
        Plan plan = recipe.plan(snn).with(calibration::applyTo);
        AnnModel ann = readTeacher(
                teacher.orElseGet(() -> model.sibling(
                        plan.recipe().calibration().floatTeacher() ? ModelNames.ANN : ModelNames.OPTIMIZED)),
                snn);
        Path folder = common.out().orElseGet(model::folder);
        CommandContext bench = new CommandContext(
                common, folder, resume.resume(), spec.commandLine().getErr(), snn);
        Recipe.Calibration settings = plan.recipe().calibration();
        List<List<Integer>> networks = together
                ? List.of(steps)
                : settings.order(steps).stream().map(List::of).toList();
        bench.run(new Metrics(folder), context -> {
            Stages stages = new Stages(plan.applyTo(context).training(), plan.recipe());
            SpikingModel start = snn;
            for (List<Integer> each : networks) {
                SpikingModel calibrated = stages.calibrate(start, ann, each);
                String file = ModelNames.calibrated(each);
                spec.commandLine().getOut().println(bench.write(calibrated, file, ModelNames.calibrationStage(each)));
                start = settings.next(snn, calibrated);
            }
            return networks.size();
        });
        return 0;
    }

    private static AnnModel readTeacher(Path file, SpikingModel snn) {
        AnnModel ann = AnnModel.load(file);
        new TeacherNetwork(ann.saved().network()).mismatch(snn.saved().graph()).ifPresent(problem -> {
            throw new InputException(
                    file + ": " + problem + "; name the ANN that the network was converted from with --teacher");
        });
        return ann;
    }
}
