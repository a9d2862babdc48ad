package org.ambispike.paper;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import org.ambispike.common.InputException;
import org.ambispike.data.Augmentation;
import org.ambispike.graph.NeuronVariant;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Recipes of one's own, from files. */
class RecipeJsonTest {
    @TempDir
    private Path folder;

    private Path file(String json) throws IOException {
        return Files.writeString(folder.resolve("mine.json"), json);
    }

    private Recipe read(String json) throws IOException {
        return Recipes.plan(Net4.NAME, file(json), Profile.QUICK).recipe();
    }

    private static Recipe known(String name) {
        return Recipes.plan(Net4.NAME, name, Profile.QUICK).recipe();
    }

    @Test
    void whatIsWrittenIsReadBack() throws IOException {
        for (String name : Recipes.names()) {
            Recipe recipe = known(name);
            assertThat(read(RecipeJson.lines(recipe))).isEqualTo(recipe);
            assertThat(read(RecipeJson.canonical(recipe))).isEqualTo(recipe);
        }
    }

    @Test
    void aRecipeExtendsAnotherFieldByField() throws IOException {
        Recipe mine = read(
                """
                {"extends": "paper", "name": "mine", "neuron": "MEMORY", "penalty": null,
                 "calibration": {"fit": {"epochs": 3, "augmentation": {"ShiftAndFlip": null, "Sequence": {"steps": []}}}}}""");
        Recipe paper = known("paper");
        assertThat(mine.name()).isEqualTo("mine");
        assertThat(mine.neuron()).isEqualTo(NeuronVariant.MEMORY);
        assertThat(mine.penalty()).isEmpty();
        assertThat(mine.calibration().fit())
                .isEqualTo(paper.calibration().fit().withEpochs(3).with(Augmentation.none()));
        assertThat(mine.calibration().target()).isEqualTo(paper.calibration().target());
        assertThat(mine.ann()).isEqualTo(paper.ann());
        assertThat(read("{\"extends\": \"strelu\", \"name\": \"mine\"}").ann().threshold())
                .isEqualTo(Optional.of(1.0));
    }

    @Test
    void ownTrainingKeepsItsRatesForOtherEpochs() throws IOException {
        String rate =
                "{\"extends\": \"paper\", \"name\": \"mine\", \"ann\": {\"fit\": {\"optimizer\": {\"beta1\": 0.8}}}}";
        Plan mine = Recipes.plan(Net4.NAME, file(rate), Profile.FULL).withAnnEpochs(10);
        assertThat(mine.recipe().ann().fit().epochs()).isEqualTo(10);
        assertThat(mine.recipe().ann().fit().optimizer().beta1()).isEqualTo(0.8);
        assertThat(mine.recipe().ann().fit().optimizer().learningRate()).isEqualTo(0.002);
    }

    @Test
    void equalRecipesHaveEqualHashes() throws IOException {
        Recipe paper = known("paper");
        String otherOrder = RecipeJson.canonical(paper)
                .replaceFirst("\\{\"name\":\"paper\",", "{")
                .replaceFirst("}$", ", \"name\": \"paper\"}");
        assertThat(RecipeJson.hash(read(otherOrder))).isEqualTo(RecipeJson.hash(paper));
        assertThat(RecipeJson.hash(paper.withBatch(64))).isNotEqualTo(RecipeJson.hash(paper));
        assertThat(RecipeJson.hash(paper)).matches("[0-9a-f]{64}");
    }

    /** Each row replaces a part of a valid recipe, and says where the fault is and what would be right. */
    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "\"alpha\":0.1 | \"alpha\":1.5 | at the start: alpha must be in 0 to 1, got 1.5",
                "\"alpha\":0.1 | \"alpha\":\"x\" | at alpha: missing, null or not a valid double",
                "\"alpha\":0.1, | `` | at alpha: missing, null",
                "\"alpha\":0.1 | \"alpha\":0.1,\"beta\":1 | at beta: unknown field",
                "\"neuron\":\"PAIR\" | \"neuron\":\"pear\" | it is one of PAIR, SINGLE, IBT",
                "\"dropout\":0.3 | \"dropout\":1 | dropout must be at least 0 and below 1, got 1",
                "\"method\":\"JOINT\" | \"method\":\"LAYERWISE\",\"stepGains\":0 | at calibration: stepGains is for the method JOINT, got LAYERWISE",
                "\"method\":\"JOINT\" | \"method\":\"JOINT\",\"stepGains\":1 | at calibration: stepGains must be at least 0 and below 1, got 1",
                "\"epochs\":8 | \"epochs\":0 | at ann.fit: epochs must be at least 1, got 0",
                "\"epochs\":8 | \"epochs\":1.5 | at ann.fit.epochs: missing, null or not a valid int",
                "\"smoothing\":0.05 | \"smoothing\":-1 | at ann: smoothing must be at least 0 and below 1",
                "\"learningRate\":0.004 | \"learningRate\":-1 | at ann.fit.optimizer.roles.WEIGHTS: learningRate must be at least 0",
                "\"WEIGHTS\" | \"WEIGHT\" | at ann.fit.optimizer.roles.WEIGHT: missing, null or not a valid ParameterRole",
                "\"maxShift\":2 | \"maxShift\":-1 | at ann.fit.augmentation: a shift is 0 or more",
                "\"ShiftAndFlip\" | \"Shift\" | at ann.fit.augmentation: unknown Augmentation",
                "\"quantile\":0.999 | \"quantile\":0 | at clip: quantile must be above 0, got 0",
                "\"levels\":4 | \"levels\":0 | at quantise: levels must be at least 1, got 0",
                "\"temperature\":2.0 | \"temperature\":0 | at quantise.target.loss: temperature must be above 0",
                "\"values\":[6.7 | \"values\":[-6.7 | at quantise.target.kappa: kappa needs values above 0",
                "\"values\":[6.7 | \"values\":[null | at quantise.target.kappa.values[0]: missing, null",
                "\"values\":[6.7 | \"values\":[1e999 | at quantise.target.kappa.values[0]: missing, null or not a valid Double",
                "\"start\":0.5 | \"start\":0.5,\"start\":0.5 | Duplicate field",
                "\"name\":\"ambispike\" | \"name\":\"a b\" | name must be 1 to 64 letters",
            })
    void faultsNameTheFieldAndItsRange(String part, String replaced, String fault) {
        String json = RecipeJson.canonical(known("ambispike"));
        assertThat(json).contains(part);
        int place = json.indexOf(part);
        String faulty = json.substring(0, place) + replaced + json.substring(place + part.length());
        assertThatThrownBy(() -> read(faulty))
                .isInstanceOf(InputException.class)
                .hasMessageContaining("mine.json is not valid: ")
                .hasMessageContaining(fault);
    }

    @Test
    void whatAFileExtendsMustExistAndItsNameBeItsOwn() {
        assertThatThrownBy(() -> read("{\"extends\": \"papers\", \"name\": \"mine\"}"))
                .isInstanceOf(InputException.class)
                .hasMessageContaining("unknown recipe 'papers'");
        assertThatThrownBy(() -> read("{\"extends\": \"paper\"}"))
                .isInstanceOf(InputException.class)
                .hasMessageContaining("at name: a recipe that extends another needs a name of its own");
        assertThatThrownBy(() -> read("{")).isInstanceOf(InputException.class).hasMessageContaining("is not valid");
        assertThatThrownBy(() -> Recipes.plan(Net4.NAME, folder.resolve("none.json"), Profile.QUICK))
                .isInstanceOf(InputException.class)
                .hasMessageContaining("cannot read the recipe")
                .hasMessageContaining("none.json");
    }
}
