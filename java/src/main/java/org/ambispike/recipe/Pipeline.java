package org.ambispike.recipe;

import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Supplier;
import org.ambispike.io.SavedModel;

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
            SavedModel ann,
            SavedModel optimized,
            SavedModel snn,
            SavedModel teacher,
            Map<Integer, SavedModel> calibrated) {}

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
    Models run(Supplier<SavedModel> train, List<Integer> timeSteps) {
        SavedModel ann = files.model("train", ModelNames.ANN, train);
        SavedModel penalised = recipe.penalty().isEmpty()
                ? ann
                : files.model("penalty", "penalised.safetensors", () -> stages.penalise(ann));
        SavedModel clipped = files.model("clip", "clipped.safetensors", () -> stages.clip(penalised));
        SavedModel optimized = recipe.quantise().isEmpty()
                ? files.model("optimize", ModelNames.OPTIMIZED, () -> clipped)
                : files.model("quantise", ModelNames.OPTIMIZED, () -> stages.quantise(clipped, ann));
        SavedModel snn = files.model("convert", ModelNames.SPIKING, () -> stages.convert(optimized, recipe.neuron()));
        SavedModel teacher = recipe.calibration().floatTeacher() ? ann : optimized;
        Map<Integer, SavedModel> calibrated = new TreeMap<>();
        if (recipe.calibration().method() != Recipe.Method.NONE) {
            SavedModel start = snn;
            for (int steps : recipe.calibration().order(timeSteps)) {
                SavedModel from = start;
                List<Integer> only = List.of(steps);
                SavedModel network = files.model(
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
