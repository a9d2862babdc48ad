package org.ambispike.spark;

import java.io.Serializable;
import java.util.ArrayList;
import java.util.List;
import org.ambispike.AnnModel;
import org.ambispike.Evaluation;
import org.ambispike.EvaluationResult;
import org.ambispike.ExitRule;
import org.ambispike.SessionOptions;
import org.ambispike.SpikingModel;
import org.ambispike.common.Precision;
import org.ambispike.data.Dataset;
import org.ambispike.device.Device;
import org.ambispike.paper.Measurements;
import org.ambispike.paper.Plan;
import org.ambispike.paper.Profile;
import org.ambispike.paper.Recipe;
import org.ambispike.paper.Recipes;
import org.ambispike.paper.RunContext;
import org.ambispike.paper.Stages;
import org.ambispike.train.TrainingContext;
import org.ambispike.train.TrainingImages;
import org.apache.spark.broadcast.Broadcast;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import scala.Tuple2;

/** The work of a sweep: training, then calibrating and measuring. Pure functions, so Spark may run them again. */
record SweepTask(String network, Profile profile, Broadcast<Images> images, List<Integer> timeSteps, List<String> rules)
        implements Serializable {
    /** A recipe by name, and what is changed in it. */
    record Variant(String label, String recipe, SpikingSweep.Change change) implements Serializable {}

    record Images(PackedImages training, PackedImages test) implements Serializable {}

    record Start(Variant recipe, long seed) implements Serializable {}

    /** Networks before calibration. */
    record Trained(Start start, ModelBytes snn, ModelBytes teacher, double annAccuracy) implements Serializable {}

    private interface Work<R> {
        R run(Recipe recipe, Stages stages, RunContext context);
    }

    private Plan plan(Start start) {
        Variant variant = start.recipe();
        return Recipes.plan(network, variant.recipe(), profile).with(variant.change());
    }

    /** Returns the T that one task calibrates for, of each task. */
    List<List<Integer>> units(Start start) {
        Recipe recipe = plan(start).recipe();
        boolean apart = recipe.calibration().method() == Recipe.Method.NONE
                || recipe.calibration().sequence() == Recipe.Sequence.APART;
        return apart ? timeSteps.stream().map(List::of).toList() : List.of(timeSteps);
    }

    private <R> R within(Start start, Work<R> work) {
        Plan plan = plan(start);
        TaskDevice place = TaskDevice.of(Device.Request.AUTO);
        Device device = Device.choose(place.request(), Precision.F32);
        TrainingImages training =
                TrainingImages.heldOut(images.value().training().unpack());
        try (TrainingContext context = TrainingContext.open(device, place.threads(), training)) {
            RunContext run = plan.applyTo(new RunContext(
                    context.withSeed(start.seed()), images.value().test().unpack()));
            return work.run(plan.recipe(), new Stages(run.training(), plan.recipe()), run);
        }
    }

    Trained train(Start start) {
        return within(start, (recipe, stages, context) -> {
            AnnModel ann = stages.train(plan(start).network());
            AnnModel optimized = stages.quantise(stages.clip(stages.penalise(ann)), ann);
            SpikingModel snn = stages.convert(optimized, recipe.neuron());
            AnnModel teacher = recipe.calibration().floatTeacher() ? ann : optimized;
            return new Trained(
                    start, ModelBytes.of(snn), ModelBytes.of(teacher), new Measurements(context).accuracy(ann));
        });
    }

    /** Calibrates for some T, in their order, and returns a row for each of them and each rule. */
    List<Row> measure(Tuple2<Trained, List<Integer>> unit) {
        Trained trained = unit._1();
        return within(trained.start(), (recipe, stages, context) -> {
            List<Row> rows = new ArrayList<>();
            SpikingModel converted = trained.snn().spiking();
            SpikingModel from = converted;
            for (int steps : unit._2()) {
                SpikingModel network = converted;
                if (recipe.calibration().method() != Recipe.Method.NONE) {
                    network = stages.calibrate(from, trained.teacher().ann(), List.of(steps));
                    from = recipe.calibration().next(converted, network);
                }
                rows.addAll(rows(trained, network, steps, context.test()));
            }
            return rows;
        });
    }

    private List<Row> rows(Trained trained, SpikingModel network, int steps, Dataset test) {
        TaskDevice place = TaskDevice.of(Device.Request.AUTO);
        SessionOptions options = Evaluation.forTimeSteps(steps)
                .session()
                .withDevice(place.request())
                .withThreads(place.threads());
        ExitRule[] exits = rules.stream().map(ClassifierTask::parse).toArray(ExitRule[]::new);
        EvaluationResult result = network.evaluate(
                test, Evaluation.builder(steps).exits(exits).session(options).build());
        List<Row> rows = new ArrayList<>();
        for (EvaluationResult.Exit exit : result.exits()) {
            rows.add(RowFactory.create(
                    this.network,
                    profile.label(),
                    trained.start().recipe().label(),
                    trained.start().seed(),
                    steps,
                    exit.rule(),
                    trained.annAccuracy(),
                    exit.accuracy(),
                    exit.meanTimeSteps(),
                    result.images()));
        }
        return rows;
    }
}
