package org.ambispike.cli;

import java.nio.file.Path;
import org.ambispike.AnnModel;
import org.ambispike.paper.ModelNames;
import org.ambispike.paper.Plan;
import org.ambispike.paper.Stages;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** Trains the thresholds of an ANN. */
@Command(
        name = "optimize",
        abbreviateSynopsis = true,
        description = "Fine-tunes with the variance penalty, trains the clipping thresholds, and rounds activations, "
                + "each as far as the recipe does so; writes optimized.safetensors.",
        footer = {"", "EXAMPLE", "  ambispike optimize runs/mine/model.safetensors --recipe paper"})
final class OptimizeCommand extends CliCommand {
    @Mixin
    private ModelArgument model;

    @Mixin
    private RecipeOptions recipe;

    @Mixin
    private ThresholdOption thresholds;

    @Mixin
    private ResumeOption resume;

    @Mixin
    private CommonOptions common;

    @Override
    public Integer call() {
        AnnModel ann = model.readAnn();
        Plan plan = recipe.plan(ann).with(thresholds::applyTo);
        Path folder = common.out().orElseGet(model::folder);
        CommandContext bench = new CommandContext(common, folder, resume.resume(), err(), ann);
        AnnModel optimized = bench.run(context -> {
            Stages stages = new Stages(plan.applyTo(context).training(), plan.recipe());
            return stages.quantise(stages.clip(stages.penalise(ann)), ann);
        });
        out().println(bench.write(optimized, ModelNames.OPTIMIZED, "penalty", "clip", "quantise"));
        return 0;
    }
}
