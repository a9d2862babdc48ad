package org.ambispike.cli;

import java.nio.file.Path;
import java.util.Optional;
import org.ambispike.AnnModel;
import org.ambispike.ConversionReport;
import org.ambispike.SpikingModel;
import org.ambispike.paper.ModelNames;
import org.ambispike.paper.Plan;
import org.ambispike.paper.Stages;
import org.ambispike.report.ConversionTables;
import org.ambispike.train.TrainingContext;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Turns an ANN into a spiking network. */
@Command(
        name = "convert",
        abbreviateSynopsis = true,
        description =
                "Turns every activation into spiking neurons; writes snn.safetensors. Says which neuron each layer"
                        + " got, whether it fires, and how far the network is from its ANN on the first training images.",
        footer = {
            "",
            "EXAMPLE",
            "  ambispike convert runs/mine/optimized.safetensors",
            "  ambispike convert runs/mine/model.safetensors --quantile 0.999",
            "  ambispike convert runs/mine/model.safetensors --thresholds max --neuron ibt --out runs/ibt"
        })
final class ConvertCommand extends CliCommand {
    /** Where thresholds come from. */
    enum ThresholdSource {
        TRAINED,
        MAX
    }

    @Mixin
    private ModelArgument model;

    @Option(
            names = "--thresholds",
            paramLabel = "trained|max",
            defaultValue = "trained",
            description = "trained: those that optimize found; max: the largest activations on training images. "
                    + "Default: ${DEFAULT-VALUE}.")
    private ThresholdSource source;

    @Option(
            names = "--quantile",
            paramLabel = "Q",
            description = "Take this quantile of the activations of either polarity on training images as thresholds, "
                    + "such as 0.999; for networks without any.")
    private Optional<Double> quantile;

    @Mixin
    private NeuronOption neuron;

    @Mixin
    private ThresholdOption thresholds;

    @Mixin
    private RecipeOptions recipe;

    @Mixin
    private CommonOptions common;

    @Override
    public Integer call() {
        Optional<Double> level = source == ThresholdSource.MAX ? Optional.of(1.0) : quantile;
        level.ifPresent(given -> require(given > 0 && given <= 1, "--quantile must be in (0, 1], got " + given));
        AnnModel ann = model.readAnn();
        Plan plan = recipe.plan(ann).with(chosen -> neuron.applyTo(thresholds.applyTo(chosen)));
        Path folder = common.out().orElseGet(model::folder);
        CommandContext bench = new CommandContext(common, folder, false, err(), ann);
        Converted converted = bench.run(context -> {
            TrainingContext training = plan.applyTo(context).training();
            Stages stages = new Stages(training, plan.recipe());
            AnnModel clipped =
                    level.map(given -> stages.withThresholds(ann, given)).orElse(ann);
            SpikingModel snn = stages.convert(clipped, plan.recipe().neuron());
            return new Converted(snn, snn.conversionReport(training, ann));
        });
        Path written = bench.write(converted.snn, ModelNames.SPIKING);
        out().print(ConversionTables.of(converted.report));
        out().println(written);
        return 0;
    }

    private record Converted(SpikingModel snn, ConversionReport report) {}
}
