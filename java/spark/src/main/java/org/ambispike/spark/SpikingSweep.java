package org.ambispike.spark;

import java.io.Serializable;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.UnaryOperator;
import java.util.stream.IntStream;
import org.ambispike.ExitRule;
import org.ambispike.data.Dataset;
import org.ambispike.paper.Profile;
import org.ambispike.paper.Recipe;
import org.ambispike.paper.Recipes;
import org.apache.spark.HashPartitioner;
import org.apache.spark.api.java.JavaPairRDD;
import org.apache.spark.api.java.JavaRDD;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.broadcast.Broadcast;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructType;
import scala.Tuple2;

/**
 * Compares recipes, seeds, numbers of time steps T and exit rules: a task for each recipe and seed trains and converts a network,
 * then a task for each T calibrates it and measures all rules in one pass. Where a recipe calibrates each T from the one below, all T
 * of a seed are one task. Equal sweeps give equal rows on processors of one kind. A value; thread-safe.
 */
public final class SpikingSweep {
    /** Changes a recipe, where it runs. */
    @FunctionalInterface
    public interface Change extends UnaryOperator<Recipe>, Serializable {}

    private final String network;
    private final Profile profile;
    private final Map<String, SweepTask.Variant> recipes;
    private final List<Long> seeds;
    private final List<Integer> timeSteps;
    private final List<String> rules;

    private SpikingSweep(
            String network,
            Profile profile,
            Map<String, SweepTask.Variant> recipes,
            List<Long> seeds,
            List<Integer> timeSteps,
            List<String> rules) {
        this.network = network;
        this.profile = profile;
        this.recipes = recipes;
        this.seeds = seeds;
        this.timeSteps = timeSteps;
        this.rules = rules;
    }

    /**
     * Prepares a sweep over nothing yet: seed 1, T = 1, 2, 4 and 8, no early exit.
     *
     * @param network one of {@link Recipes#networks}
     * @param profile one that the network has
     */
    public static SpikingSweep of(String network, Profile profile) {
        return new SpikingSweep(
                network,
                profile,
                Map.of(),
                List.of(1L),
                List.of(1, 2, 4, 8),
                List.of(ExitRule.never().label()));
    }

    /**
     * Returns the same with a recipe more.
     *
     * @param name one of {@link Recipes#names}
     * @throws org.ambispike.common.InputException naming the choices, if there is no such network, recipe or profile
     */
    public SpikingSweep withRecipe(String name) {
        return withRecipe(name, name, recipe -> recipe);
    }

    /**
     * Returns the same with a recipe more that is changed.
     *
     * @param label that rows call it
     * @param name one of {@link Recipes#names}
     */
    public SpikingSweep withRecipe(String label, String name, Change change) {
        Recipes.plan(network, name, profile);
        Map<String, SweepTask.Variant> more = new LinkedHashMap<>(recipes);
        more.put(label, new SweepTask.Variant(label, name, change));
        return new SpikingSweep(network, profile, more, seeds, timeSteps, rules);
    }

    public SpikingSweep withSeeds(long... others) {
        List<Long> all = Arrays.stream(others).distinct().boxed().toList();
        return new SpikingSweep(network, profile, recipes, all, timeSteps, rules);
    }

    /** @throws IllegalArgumentException if there is none, or one is below 1 */
    public SpikingSweep withTimeSteps(int... others) {
        List<Integer> all = Arrays.stream(others).sorted().distinct().boxed().toList();
        if (all.isEmpty() || all.get(0) < 1) {
            throw new IllegalArgumentException("a sweep needs time steps of at least 1, got " + all);
        }
        return new SpikingSweep(network, profile, recipes, seeds, all, rules);
    }

    /** Returns the same with these rules; {@link ExitRule#never} is one. */
    public SpikingSweep withExits(ExitRule... others) {
        List<String> labels =
                Arrays.stream(others).map(ExitRule::label).distinct().toList();
        return new SpikingSweep(network, profile, recipes, seeds, timeSteps, labels);
    }

    /**
     * Runs all tasks and returns a row of each combination, in the order recipe, seed, T, rule: {@code network}, {@code profile},
     * {@code recipe}, {@code seed}, {@code timeSteps}, {@code exitRule}, {@code annAccuracy}, {@code accuracy},
     * {@code meanTimeSteps}, {@code images}. Accuracies are fractions.
     *
     * @param training of which some are held out for validation
     * @param test to measure on
     * @throws IllegalStateException if there is no recipe
     */
    public org.apache.spark.sql.Dataset<Row> run(SparkSession spark, Dataset training, Dataset test) {
        if (recipes.isEmpty()) {
            throw new IllegalStateException("there is no recipe to sweep over; name one with withRecipe");
        }
        JavaSparkContext context = JavaSparkContext.fromSparkContext(spark.sparkContext());
        Broadcast<SweepTask.Images> images =
                context.broadcast(new SweepTask.Images(PackedImages.of(training), PackedImages.of(test)));
        SweepTask task = new SweepTask(network, profile, images, new ArrayList<>(timeSteps), new ArrayList<>(rules));
        List<SweepTask.Start> starts = new ArrayList<>();
        for (SweepTask.Variant recipe : recipes.values()) {
            seeds.forEach(seed -> starts.add(new SweepTask.Start(recipe, seed)));
        }
        List<List<Integer>> units = starts.stream()
                .flatMap(start -> IntStream.range(0, task.units(start).size())
                        .mapToObj(unit -> List.of(starts.indexOf(start), unit)))
                .toList();
        JavaRDD<SweepTask.Trained> trained =
                context.parallelize(starts, starts.size()).map(task::train).persist(PackedImages.KEPT);
        try {
            JavaPairRDD<Integer, Tuple2<SweepTask.Trained, List<Integer>>> work = trained.zipWithIndex()
                    .flatMapToPair(
                            each -> pairs(task, units, each._1(), each._2().intValue()));
            List<Row> rows = new ArrayList<>();
            work.partitionBy(new HashPartitioner(units.size()))
                    .mapPartitions(each -> task.measure(each.next()._2()).iterator())
                    .collect()
                    .forEach(rows::add);
            return spark.createDataFrame(rows, schema());
        } finally {
            trained.unpersist();
        }
    }

    /** The number of a unit among all is its partition's. */
    private static Iterator<Tuple2<Integer, Tuple2<SweepTask.Trained, List<Integer>>>> pairs(
            SweepTask task, List<List<Integer>> units, SweepTask.Trained trained, int start) {
        List<Tuple2<Integer, Tuple2<SweepTask.Trained, List<Integer>>>> pairs = new ArrayList<>();
        List<List<Integer>> own = task.units(trained.start());
        for (int unit = 0; unit < own.size(); unit++) {
            int number = units.indexOf(List.of(start, unit));
            pairs.add(new Tuple2<>(number, new Tuple2<>(trained, new ArrayList<>(own.get(unit)))));
        }
        return pairs.iterator();
    }

    private static StructType schema() {
        return new StructType()
                .add("network", DataTypes.StringType)
                .add("profile", DataTypes.StringType)
                .add("recipe", DataTypes.StringType)
                .add("seed", DataTypes.LongType)
                .add("timeSteps", DataTypes.IntegerType)
                .add("exitRule", DataTypes.StringType)
                .add("annAccuracy", DataTypes.DoubleType)
                .add("accuracy", DataTypes.DoubleType)
                .add("meanTimeSteps", DataTypes.DoubleType)
                .add("images", DataTypes.IntegerType);
    }
}
