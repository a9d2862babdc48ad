package org.ambispike.paper;

import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Supplier;
import org.ambispike.AnnModel;
import org.ambispike.SpikingModel;

/** The stages of a recipe in their order, each from its file where a resumed run has it. */
final class Pipeline {
    /**
     * What a run leaves.
     *
     * @param ann as first trained
     * @param optimized the ANN that was converted
     * @param snn converted, not calibrated
     * @param teacher of the calibration
     * @param calibrated by T; empty where the recipe does not calibrate
     */
    record Models(
            AnnModel ann,
            AnnModel optimized,
            SpikingModel snn,
            AnnModel teacher,
            Map<Integer, SpikingModel> calibrated) {}

    private final StageFiles files;
    private final Stages stages;
    private final Recipe recipe;

    Pipeline(StageFiles files, Stages stages, Recipe recipe) {
        this.files = files;
        this.stages = stages;
        this.recipe = recipe;
    }

    /**
     * Runs all stages that are not done yet.
     *
     * @param train gives the ANN
     * @param timeSteps the T to calibrate for, if the recipe calibrates
     */
    Models run(Supplier<AnnModel> train, List<Integer> timeSteps) {
        AnnModel ann = files.ann("train", ModelNames.ANN, train);
        AnnModel penalised = recipe.penalty().isEmpty()
                ? ann
                : files.ann("penalty", "penalised.safetensors", () -> stages.penalise(ann));
        AnnModel clipped = files.ann("clip", "clipped.safetensors", () -> stages.clip(penalised));
        AnnModel optimized = recipe.quantise().isEmpty()
                ? files.ann("optimize", ModelNames.OPTIMIZED, () -> clipped)
                : files.ann("quantise", ModelNames.OPTIMIZED, () -> stages.quantise(clipped, ann));
        SpikingModel snn =
                files.spiking("convert", ModelNames.SPIKING, () -> stages.convert(optimized, recipe.neuron()));
        AnnModel teacher = recipe.calibration().floatTeacher() ? ann : optimized;
        Map<Integer, SpikingModel> calibrated = new TreeMap<>();
        if (recipe.calibration().method() != Recipe.Method.NONE) {
            SpikingModel start = snn;
            for (int steps : recipe.calibration().order(timeSteps)) {
                SpikingModel from = start;
                List<Integer> only = List.of(steps);
                SpikingModel network = files.spiking(
                        ModelNames.calibrationStage(only),
                        ModelNames.calibrated(only),
                        () -> stages.calibrate(from, teacher, only));
                calibrated.put(steps, network);
                start = recipe.calibration().next(snn, network);
            }
        }
        return new Models(ann, optimized, snn, teacher, calibrated);
    }
}
