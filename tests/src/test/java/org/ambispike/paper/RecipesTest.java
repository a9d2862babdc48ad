package org.ambispike.paper;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.HexFormat;
import java.util.List;
import java.util.stream.Stream;
import org.ambispike.common.InputException;
import org.ambispike.train.CalibrationTarget;
import org.ambispike.train.OptimizerSettings;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class RecipesTest {
    /** Published figures belong to these settings, and runs are resumed by them: of all recipes of a profile, in the order of names. */
    @ParameterizedTest
    @CsvSource({
        "net4, QUICK, 954851206e28912d8c7aa543a6da83c9973408527d95371d585ea1f93e44ab2a",
        "net4, FULL, 4fa22ac3fb0dcc8e6d0567facd11c284906194b1e166ccfc4880ea78f7790708",
        "vgg16, SMOKE, c718955dd9ae14a65dd64859d9c06a3b5800ecff892217d02ab3bc66d308a02a",
        "vgg16, SMALL, 6415435453fdd6592605b339dfe945a2c78bd1a8e0cad2b9d596db23e085c2d8",
        "vgg16, FULL, 5c5d7fda5af1592de7ad1aafac55d8c7ea588abe6c46bf302dd1032ac2166c0f",
        "resnet18, SMOKE, c718955dd9ae14a65dd64859d9c06a3b5800ecff892217d02ab3bc66d308a02a",
        "resnet18, SMALL, 751a0ba212ed797dc6d0dff7a5f8456319a7df5e2a912a655236b029ebeae59e",
        "resnet18, FULL, 2f6bdf10c4436d60c58fdb2d34ba9685c786c59b5ad02e65b3f4d899ae2c203e"
    })
    void theSettingsAreThoseOfThePublishedRuns(String network, Profile profile, String hash) throws Exception {
        MessageDigest settings = MessageDigest.getInstance("SHA-256");
        for (String name : Recipes.names()) {
            String canonical =
                    RecipeJson.canonical(Recipes.plan(network, name, profile).recipe());
            settings.update(canonical.getBytes(StandardCharsets.UTF_8));
        }
        assertThat(HexFormat.of().formatHex(settings.digest())).isEqualTo(hash);
    }

    @ParameterizedTest
    @CsvSource({
        "6, 0.004, 0.02",
        "10, 0.004, 0.02",
        "20, 0.00282842712474619, 0.02",
        "40, 0.002, 0.02",
        "50, 0.002, 0.1"
    })
    void fewerEpochsTakeHigherRates(int epochs, double net4, double vgg16) {
        assertThat(rate(Net4.NAME, Profile.FULL, epochs)).isCloseTo(net4, within(1e-15));
        assertThat(rate(Vgg16.NAME, Profile.SMALL, epochs)).isEqualTo(vgg16);
    }

    private static double rate(String network, Profile profile, int epochs) {
        return Recipes.plan(network, Recipes.PAPER, profile)
                .withAnnEpochs(epochs)
                .recipe()
                .ann()
                .fit()
                .optimizer()
                .learningRate();
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
                                + " relu-max, relu-percentile, or a file that ends with .json");
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
        for (Recipe.Calibration calibration : List.of(
                Recipes.plan("net4", Recipes.AMBISPIKE, Profile.FULL).recipe().calibration(),
                Recipes.plan("resnet18", Recipes.PROPOSED, Profile.SMALL)
                        .recipe()
                        .calibration(),
                Recipes.plan("resnet18", "two-stage", Profile.SMALL).recipe().calibration())) {
            assertThat(calibration.order(List.of(1, 2, 4, 8))).containsExactly(1, 2, 4, 8);
            assertThat(calibration.fitFor(1)).isEqualTo(calibration.fit());
            assertThat(calibration.next("converted", "calibrated")).isEqualTo("converted");
        }
    }
}
