package org.ambispike.paper;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.stream.Stream;
import java.util.zip.CRC32C;
import org.ambispike.common.InputException;
import org.ambispike.train.CalibrationTarget;
import org.ambispike.train.OptimizerSettings;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class RecipesTest {
    /** Runs are resumed only with equal settings, and published figures belong to them. */
    @ParameterizedTest
    @CsvSource({
        "paper, QUICK, 59301600",
        "paper, FULL, 1cc58e3e",
        "ambispike, QUICK, 9b3bb1d8",
        "ambispike, FULL, 8bed92b2"
    })
    void theSettingsForNet4AreThoseOfThePublishedRuns(String name, Profile profile, String checksum) {
        Plan plan = Recipes.plan(Net4.NAME, name, profile);
        CRC32C settings = new CRC32C();
        // what is learnt from a teacher had another name when they were published
        String published = plan.recipe().toString().replace("CalibrationTarget[", "Target[");
        settings.update(published.getBytes(StandardCharsets.UTF_8));
        assertThat(Long.toHexString(settings.getValue())).isEqualTo(checksum);
        assertThat(plan.network().settings()).isEmpty();
    }

    @Test
    void whatThereIsNotIsRefusedWithTheChoices() {
        assertThatThrownBy(() -> Recipes.plan("net5", Recipes.PAPER, Profile.QUICK))
                .isInstanceOf(InputException.class)
                .hasMessage("there are no recipes for 'net5'; there are for net4, resnet18, vgg16");
        assertThatThrownBy(() -> Recipes.plan(Net4.NAME, "papers", Profile.QUICK))
                .isInstanceOf(InputException.class)
                .hasMessage(
                        "unknown recipe 'papers'; choose one of paper, ambispike, proposed, two-stage, augmapping, strelu,"
                                + " relu-max, relu-percentile");
    }

    @Test
    void profilesBelongToNetworks() {
        assertThatThrownBy(() -> Recipes.plan(Net4.NAME, Recipes.PAPER, Profile.SMOKE))
                .isInstanceOf(InputException.class)
                .hasMessage("net4 has no profile 'smoke'; choose one of quick, full");
        assertThatThrownBy(() -> Recipes.plan(ResNet18.NAME, Recipes.PAPER, Profile.QUICK))
                .isInstanceOf(InputException.class)
                .hasMessage("resnet18 has no profile 'quick'; choose one of smoke, small, full");
        assertThat(Recipes.firstProfile(Net4.NAME)).isEqualTo(Profile.QUICK);
        assertThat(Recipes.firstProfile(Vgg16.NAME)).isEqualTo(Profile.SMOKE);
    }

    @Test
    void theWidthIsAmongTheSettings() {
        Plan small = Recipes.plan(ResNet18.NAME, Recipes.AMBISPIKE, Profile.SMALL);
        assertThat(small.network().settings()).containsExactly(java.util.Map.entry("width", "24"));
        assertThat(Recipes.plan(Vgg16.NAME, Recipes.PAPER, Profile.FULL).network())
                .isEqualTo(new Vgg16(Vgg16.FULL_WIDTH));
    }

    @Test
    void deepNetworksAreCalibratedFromTheSmallestTUp() {
        Recipe recipe =
                Recipes.plan("resnet18", Recipes.AMBISPIKE, Profile.SMALL).recipe();
        Recipe.Calibration calibration = recipe.calibration();

        assertThat(calibration.order(List.of(8, 1, 4, 2))).containsExactly(1, 2, 4, 8);
        assertThat(calibration.next("converted", "calibrated")).isEqualTo("calibrated");
        int epochs = calibration.fit().epochs();
        assertThat(Stream.of(1, 2, 4, 8, 16)
                        .map(steps -> calibration.fitFor(steps).epochs()))
                .containsExactly(8 * epochs, 4 * epochs, 2 * epochs, epochs, epochs);
    }

    @Test
    void muonTrainsDeepNetworksWhereEpochsAreFew() {
        Recipe small =
                Recipes.plan("resnet18", Recipes.AMBISPIKE, Profile.SMALL).recipe();
        Recipe full = Recipes.plan("resnet18", Recipes.AMBISPIKE, Profile.FULL).recipe();

        assertThat(small.ann().fit().optimizer().method()).isEqualTo(OptimizerSettings.Method.MUON);
        assertThat(full.ann().fit().optimizer().method()).isEqualTo(OptimizerSettings.Method.SGD);
        for (Recipe recipe : List.of(small, full)) {
            assertThat(recipe.quantise().orElseThrow().fit().optimizer().method())
                    .isEqualTo(OptimizerSettings.Method.MUON);
            assertThat(recipe.calibration().fit().optimizer().method()).isEqualTo(OptimizerSettings.Method.MUON);
        }
    }

    @Test
    void labelsLeadWhereTheTeacherHadFewEpochs() {
        for (String network : List.of("vgg16", "resnet18")) {
            Recipe small =
                    Recipes.plan(network, Recipes.AMBISPIKE, Profile.SMALL).recipe();
            Recipe full = Recipes.plan(network, Recipes.AMBISPIKE, Profile.FULL).recipe();

            for (CalibrationTarget target : List.of(
                    small.quantise().orElseThrow().target(), small.calibration().target())) {
                assertThat(target.loss().labelWeight())
                        .isGreaterThan(target.loss().teacherWeight());
            }
            assertThat(full.calibration().target().loss().teacherWeight())
                    .isGreaterThan(full.calibration().target().loss().labelWeight());
        }
    }

    @Test
    void otherCalibrationsTakeEachTApart() {
        Recipe deep = Recipes.plan("resnet18", Recipes.AMBISPIKE, Profile.SMALL).recipe();
        for (Recipe.Calibration calibration : List.of(
                Recipes.plan("net4", Recipes.AMBISPIKE, Profile.FULL).recipe().calibration(),
                Recipes.plan("resnet18", Recipes.PROPOSED, Profile.SMALL)
                        .recipe()
                        .calibration(),
                deep.calibration().with(Recipe.Method.LAYERWISE))) {
            assertThat(calibration.order(List.of(1, 2, 4, 8))).containsExactly(1, 2, 4, 8);
            assertThat(calibration.fitFor(1)).isEqualTo(calibration.fit());
            assertThat(calibration.next("converted", "calibrated")).isEqualTo("converted");
        }
    }
}
