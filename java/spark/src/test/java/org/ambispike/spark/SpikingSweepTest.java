package org.ambispike.spark;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Optional;
import org.ambispike.ExitRule;
import org.ambispike.data.Dataset;
import org.ambispike.graph.Shape;
import org.ambispike.paper.Profile;
import org.ambispike.paper.Recipe;
import org.ambispike.train.Fit;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.junit.jupiter.api.Test;

class SpikingSweepTest {
    private static Fit little(Fit fit) {
        return fit.withEpochs(1).withStepsPerEpoch(1).withBatch(4);
    }

    /** Leaves of a recipe what runs in a second. */
    private static Recipe small(Recipe recipe) {
        return recipe.with(recipe.ann().with(little(recipe.ann().fit())))
                .withPenalty(Optional.empty())
                .with(new Recipe.Clip(Optional.empty(), 0.99, false))
                .with(recipe.calibration().with(little(recipe.calibration().fit())));
    }

    private static List<Row> rows(SparkSession spark, Recipe.Sequence sequence) {
        Dataset images = Sparks.images(40, Shape.of(28, 28, 1), 10);
        return SpikingSweep.of("net4", Profile.QUICK)
                .withRecipe("small", "paper", recipe -> small(recipe)
                        .with(small(recipe).calibration().with(sequence)))
                .withSeeds(1, 2)
                .withTimeSteps(1, 2)
                .withExits(ExitRule.never(), ExitRule.margin(0.05))
                .run(spark, images, images.slice(0, 20))
                .collectAsList();
    }

    @Test
    void givesARowForEachCombinationInOrder() {
        SparkSession spark = Sparks.local();
        try {
            List<Row> rows = rows(spark, Recipe.Sequence.APART);
            assertThat(rows.stream()
                            .map(row -> row.getAs("seed") + " " + row.getAs("timeSteps") + " " + row.getAs("exitRule")))
                    .containsExactly(
                            "1 1 never",
                            "1 1 margin=0.05",
                            "1 2 never",
                            "1 2 margin=0.05",
                            "2 1 never",
                            "2 1 margin=0.05",
                            "2 2 never",
                            "2 2 margin=0.05");
            for (Row row : rows) {
                assertThat((double) row.<Double>getAs("accuracy")).isBetween(0.0, 1.0);
                assertThat((int) row.<Integer>getAs("images")).isEqualTo(20);
                assertThat((double) row.<Double>getAs("meanTimeSteps"))
                        .isBetween(1.0, (double) row.<Integer>getAs("timeSteps"));
            }
            List<Row> ascending = rows(spark, Recipe.Sequence.ASCENDING);
            // the smallest T begins with the converted network either way
            assertThat(ascending.subList(0, 2)).isEqualTo(rows.subList(0, 2));
            assertThat(ascending).hasSameSizeAs(rows);
        } finally {
            spark.stop();
        }
    }
}
