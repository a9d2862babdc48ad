package org.ambispike.paper;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.ambispike.paper.WorkEstimate.Stage;
import org.junit.jupiter.api.Test;

class PlannedWorkTest {
    private static final long FIRST = 28 * 28 * 25 * 32;
    private static final long OTHERS = 14 * 14 * 25 * 32 * 64 + 7 * 7 * 64 * 1024 + 1024 * 10;

    @Test
    void countsEachStageOfNet4() {
        WorkEstimate work = PlannedWork.of(Recipes.plan("net4", Recipes.AMBISPIKE, Profile.QUICK));

        long once = FIRST + OTHERS;
        long calibrated = 100 * 128;
        assertThat(work.stages())
                .startsWith(
                        new Stage("train", 8 * 55_000, 1, 6.0 * once * 8 * 55_000),
                        new Stage("quantise", 55_000, 1, 8.0 * once * 55_000))
                .contains(
                        new Stage("calibrate-T4", calibrated, 4, (6.0 * (FIRST + 4 * OTHERS) + 2 * once) * calibrated))
                .endsWith(
                        new Stage("evaluate", 50_000, 16, 2.0 * (5 * FIRST + (16 + 2 + 4 + 8 + 16) * OTHERS) * 10_000));
        assertThat(work.operations())
                .isEqualTo(work.stages().stream().mapToDouble(Stage::operations).sum());
    }

    @Test
    void takesNoMoreImagesThanTheProfile() {
        List<Stage> stages = PlannedWork.of(Recipes.plan("resnet18", Recipes.PROPOSED, Profile.SMOKE))
                .stages();

        assertThat(stages).extracting(Stage::name).contains("penalty", "clip").doesNotContain("quantise");
        assertThat(stages.get(0).images()).isEqualTo(8 * 8_000);
        assertThat(stages.get(stages.size() - 1).images()).isEqualTo(5 * 1_000);
    }

    @Test
    void methodsThatDoNotCalibrateHaveNothingToCompute() {
        List<Stage> stages =
                PlannedWork.of(Recipes.plan("net4", "strelu", Profile.QUICK)).stages();

        assertThat(stages).extracting(Stage::name).containsExactly("train", "evaluate");
    }
}
