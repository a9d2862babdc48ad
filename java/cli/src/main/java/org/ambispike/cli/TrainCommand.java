package org.ambispike.cli;

import java.nio.file.Path;
import org.ambispike.AnnModel;
import org.ambispike.paper.ModelNames;
import org.ambispike.paper.Plan;
import org.ambispike.paper.Recipes;
import org.ambispike.paper.Stages;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** Trains the ANN. */
@Command(
        name = "train",
        abbreviateSynopsis = true,
        description = "Trains the Leaky-ReLU network from random weights; writes model.safetensors.",
        footer = {"", "EXAMPLE", "  ambispike train net4 --epochs 12 --seed 3 --out runs/mine"})
final class TrainCommand extends CliCommand {
    @Mixin
    private NetworkArgument network;

    @Mixin
    private RecipeOptions recipe;

    @Mixin
    private AnnEpochs epochs;

    @Mixin
    private ResumeOption resume;

    @Mixin
    private CommonOptions common;

    @Override
    public Integer call() {
        Plan plan = epochs.applyTo(recipe.plan(network.name()));
        Path folder = common.out().orElseGet(() -> Path.of("runs", network.name()));
        CommandContext bench = new CommandContext(
                common,
                folder,
                resume.resume(),
                err(),
                report -> StageImages.training(common.images(), Recipes.images(network.name()), report));
        AnnModel model =
                bench.run(context -> new Stages(plan.applyTo(context).training(), plan.recipe()).train(plan.network()));
        out().println(bench.write(model, ModelNames.ANN, "train"));
        return 0;
    }
}
