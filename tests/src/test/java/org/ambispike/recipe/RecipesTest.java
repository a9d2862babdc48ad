package org.ambispike.recipe;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.charset.StandardCharsets;
import java.util.zip.CRC32C;
import org.ambispike.error.InputException;
import org.ambispike.model.Net4;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class RecipesTest {
    /** Runs are resumed only with equal settings, and published figures belong to them. */
    @ParameterizedTest
    @CsvSource({
        "paper, QUICK, 59301600",
        "paper, FULL, 1cc58e3e",
        "ambispike, QUICK, b5c78610",
        "ambispike, FULL, 8bed92b2"
    })
    void theSettingsForNet4AreThoseOfThePublishedRuns(String name, Profile profile, String checksum) {
        Plan plan = Recipes.plan(Net4.NAME, name, profile);
        CRC32C settings = new CRC32C();
        settings.update(plan.recipe().toString().getBytes(StandardCharsets.UTF_8));
        assertThat(Long.toHexString(settings.getValue())).isEqualTo(checksum);
        assertThat(plan.network().settings()).isEmpty();
    }

    @Test
    void whatThereIsNotIsRefusedWithTheChoices() {
        assertThatThrownBy(() -> Recipes.plan("net5", Recipes.PAPER, Profile.QUICK))
                .isInstanceOf(InputException.class)
                .hasMessage("there are no recipes for 'net5'; there are for net4");
        assertThatThrownBy(() -> Recipes.plan(Net4.NAME, "papers", Profile.QUICK))
                .isInstanceOf(InputException.class)
                .hasMessage(
                        "unknown recipe 'papers'; choose one of paper, ambispike, proposed, two-stage, augmapping, strelu,"
                                + " relu-max, relu-percentile");
    }
}
