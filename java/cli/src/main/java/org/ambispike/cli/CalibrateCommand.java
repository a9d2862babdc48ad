package org.ambispike.cli;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import org.ambispike.AnnModel;
import org.ambispike.Comparison;
import org.ambispike.ForwardCalibration;
import org.ambispike.OutputError;
import org.ambispike.SessionOptions;
import org.ambispike.SpikingModel;
import org.ambispike.Targets;
import org.ambispike.common.InputException;
import org.ambispike.data.Dataset;
import org.ambispike.paper.ModelNames;
import org.ambispike.paper.Plan;
import org.ambispike.paper.Recipe;
import org.ambispike.paper.Stages;
import org.ambispike.train.TeacherNetwork;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Calibrates a spiking network: through time by BPTT, or layer by layer by passes of images alone. */
@Command(
        name = "calibrate",
        abbreviateSynopsis = true,
        description = "Trains all layers of a spiking network jointly by BPTT, with the ANN as teacher, or sets "
                + "thresholds and biases from passes of unlabelled images; writes snn-T{T}.safetensors.",
        footer = {
            "",
            "EXAMPLE",
            "  ambispike calibrate runs/mine/snn.safetensors --T 2,4",
            "  ambispike calibrate runs/mine/snn.safetensors --T 1,2,4,8 --together --weighting average",
            "  ambispike calibrate runs/mine/snn.safetensors --method forward --T 8 --data photos"
        })
final class CalibrateCommand extends CliCommand {
    /** What passes of images alone have no use for. */
    private static final List<String> BPTT_OPTIONS = List.of(
            "--together",
            "--resume",
            "--recipe",
            "--profile",
            "--batch",
            "--augmentation",
            "--weighting",
            "--loss",
            "--kappa",
            "--calibrate",
            "--calibration-epochs",
            "--step-gains");

    /** Images that results are compared on. */
    private static final int COMPARED = 32;

    /** How calibration goes. */
    enum Method {
        BPTT,
        FORWARD
    }

    @Mixin
    private ModelArgument model;

    @Mixin
    private TimeStepsOption timeSteps;

    @Option(
            names = "--method",
            paramLabel = "bptt|forward",
            defaultValue = "bptt",
            description = "bptt: training with gradients, for hours; forward: without gradients or labels, in minutes, "
                    + "layer by layer. Default: ${DEFAULT-VALUE}.")
    private Method method;

    @Option(
            names = "--images",
            paramLabel = "N",
            description =
                    "With --method forward: how many images are taken. Default: " + ForwardCalibration.IMAGES + ".")
    private Optional<Integer> images;

    @Option(names = "--together", description = "One network for all of T. Default: a network for each.")
    private boolean together;

    @Option(
            names = "--teacher",
            paramLabel = "FILE",
            description = "The ANN to imitate. Default: beside MODEL, model.safetensors or optimized.safetensors, "
                    + "as the recipe has it; with --method forward the one that was converted.")
    private Optional<Path> teacher;

    @Mixin
    private RecipeOptions recipe;

    @Mixin
    private CalibrationOptions calibration;

    @Mixin
    private ResumeOption resume;

    @Mixin
    private CommonOptions common;

    @Override
    public Integer call() {
        List<Integer> steps = timeSteps.ascending();
        if (method == Method.FORWARD) {
            return forward(steps);
        }
        require(images.isEmpty(), "--images is for --method forward");
        SpikingModel snn = model.readSpiking();
        Plan plan = recipe.plan(snn).with(calibration::applyTo);
        AnnModel ann = readTeacher(
                teacher.orElseGet(() -> model.sibling(
                        plan.recipe().calibration().floatTeacher() ? ModelNames.ANN : ModelNames.OPTIMIZED)),
                snn);
        Path folder = common.out().orElseGet(model::folder);
        CommandContext bench = new CommandContext(common, folder, resume.resume(), err(), snn);
        Recipe.Calibration settings = plan.recipe().calibration();
        List<List<Integer>> networks = together
                ? List.of(steps)
                : settings.order(steps).stream().map(List::of).toList();
        bench.run(context -> {
            Stages stages = new Stages(plan.applyTo(context).training(), plan.recipe());
            SpikingModel start = snn;
            for (List<Integer> each : networks) {
                SpikingModel calibrated = stages.calibrate(start, ann, each);
                String file = ModelNames.calibrated(each);
                out().println(bench.write(calibrated, file, ModelNames.calibrationStage(each)));
                if (!snn.hasClasses()) {
                    tellDistances(context.training().images().validation(), List.of(start, calibrated), ann, each);
                }
                start = settings.next(snn, calibrated);
            }
            return networks.size();
        });
        return 0;
    }

    /** What calibration gained, where there are no accuracies that would tell. */
    private void tellDistances(Dataset images, List<SpikingModel> models, AnnModel ann, List<Integer> steps) {
        SessionOptions usual = Comparison.forTimeSteps(steps).session();
        Comparison here = Comparison.builder(steps)
                .session(common.session(usual, common.device()))
                .build();
        Dataset some = images.slice(0, Math.min(COMPARED, images.size()));
        List<List<OutputError>> errors = models.stream()
                .map(each -> each.compare(some, Targets.of(ann), here))
                .toList();
        int results = errors.get(0).size() / steps.size();
        for (int index = 0; index < errors.get(0).size(); index += results) {
            double before = errors.get(0).get(index).relativeError();
            double after = errors.get(1).get(index).relativeError();
            String text = String.format(
                    Locale.ROOT,
                    "T = %d: relative error against the ANN %.3f before, %.3f after, on %s",
                    errors.get(0).get(index).timeSteps(),
                    before,
                    after,
                    some.portion());
            out().println(after <= before ? text : text + ": it got worse, try a tenth of the rate (--rate)");
        }
    }

    /** Each T by itself, from the converted network. */
    private int forward(List<Integer> steps) {
        List<String> given = BPTT_OPTIONS.stream()
                .filter(option -> spec.commandLine().getParseResult().hasMatchedOption(option))
                .toList();
        require(given.isEmpty(), String.join(", ", given) + " is for --method bptt, not for --method forward");
        int count = Values.positive(spec, "--images", images).orElse(ForwardCalibration.IMAGES);
        SpikingModel snn = model.readSpiking();
        Path converted = model.sibling(ModelNames.OPTIMIZED);
        AnnModel ann = readTeacher(
                teacher.orElseGet(() -> Files.exists(converted) ? converted : model.sibling(ModelNames.ANN)), snn);
        Path folder = common.out().orElseGet(model::folder);
        CommandContext bench = new CommandContext(common, folder, false, err(), snn);
        bench.run(context -> {
            for (int each : steps) {
                SpikingModel calibrated = snn.calibrate(
                        context.training(),
                        ann,
                        ForwardCalibration.builder(each).images(count).build());
                out().println(bench.write(calibrated, ModelNames.calibrated(List.of(each))));
            }
            return steps.size();
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
