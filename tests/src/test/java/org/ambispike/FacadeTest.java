package org.ambispike;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.nio.FloatBuffer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CancellationException;
import org.ambispike.SessionOptions.Input;
import org.ambispike.backend.Backend;
import org.ambispike.common.Cancellation;
import org.ambispike.common.InputException;
import org.ambispike.common.Precision;
import org.ambispike.common.ProgressListener;
import org.ambispike.convert.Converter;
import org.ambispike.data.Augmentation;
import org.ambispike.data.Dataset;
import org.ambispike.device.Device;
import org.ambispike.graph.Graph;
import org.ambispike.graph.HostTensor;
import org.ambispike.graph.MaxPoolGeometry;
import org.ambispike.graph.NeuronModel;
import org.ambispike.graph.NeuronVariant;
import org.ambispike.graph.Node;
import org.ambispike.graph.Op;
import org.ambispike.graph.Shape;
import org.ambispike.io.ModelInfo;
import org.ambispike.io.SavedModel;
import org.ambispike.paper.Initialisation;
import org.ambispike.paper.Net4;
import org.ambispike.paper.Profile;
import org.ambispike.paper.Recipe;
import org.ambispike.paper.Recipes;
import org.ambispike.support.ChannelImages;
import org.ambispike.support.SmallNetworks;
import org.ambispike.train.CalibrationLoss;
import org.ambispike.train.CalibrationTarget;
import org.ambispike.train.Checkpoints;
import org.ambispike.train.Fit;
import org.ambispike.train.MetricRow;
import org.ambispike.train.TrainingContext;
import org.ambispike.train.TrainingImages;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Training, converting, calibrating and evaluating inside another program. */
class FacadeTest {
    private final Backend backend =
            Backend.of(Device.choose(Device.Request.CPU, Precision.F32).open(2));
    private final AnnModel ann = AnnModel.of(SmallNetworks.clippedAnn(5));
    private final SpikingModel snn = ann.convert(NeuronVariant.PAIR);

    @AfterEach
    void close() {
        assertThat(backend.memory().liveBytes()).isZero();
        backend.close();
    }

    private Dataset images(int count) {
        return ChannelImages.of(count, ann);
    }

    private TrainingContext context(Dataset images) {
        return TrainingContext.on(backend, TrainingImages.heldOut(images));
    }

    @Test
    void conversionIsThatOfTheConverter() {
        SpikingModel symmetric = ann.convert(NeuronVariant.SYMMETRIC);
        Converter.Conversion expected = Converter.convert(ann.saved().network(), NeuronVariant.SYMMETRIC);
        assertThat(symmetric.saved().graph()).isEqualTo(expected.graph());
        assertThat(tensors(symmetric)).isEqualTo(expected.weights().tensors());
        assertThat(symmetric.network()).isEqualTo("small");
        assertThat(symmetric.calibratedFor()).isEmpty();
    }

    private static Map<String, HostTensor> tensors(Model model) {
        return model.saved().weights().tensors();
    }

    @Test
    void anUnclippedNetworkGetsThresholdsFromImages() {
        AnnModel leaky = leaky();
        assertThat(leaky.hasThresholds()).isFalse();
        assertThat(ann.hasThresholds()).isTrue();
        assertThatThrownBy(() -> leaky.convert(NeuronVariant.PAIR))
                .isInstanceOf(InputException.class)
                .hasMessageContaining("act1");
        TrainingContext context = context(images(300));
        SpikingModel largest = leaky.withThresholds(context, 1, false).convert(NeuronVariant.PAIR);
        SpikingModel median = leaky.withThresholds(context, 0.5, false).convert(NeuronVariant.IF);
        assertThat(threshold(median)).isPositive().isLessThan(threshold(largest));
        assertThat(((Op.Spike) median.saved().graph().node("act1").op()).model())
                .isEqualTo(NeuronModel.INTEGRATE_AND_FIRE);
        AnnModel perChannel = leaky.withThresholds(context, 1, true);
        assertThat(tensors(perChannel).get("act1.thetaPositive").values()).hasSize(5);
        assertThat(threshold(leaky.withThresholds(0.75))).isEqualTo(0.75f);
        assertThat(leaky.hasThresholds())
                .as("each verb leaves its model as it is")
                .isFalse();
        assertThatThrownBy(() -> leaky.withThresholds(context, 0, false))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("(0, 1], got 0.0");
    }

    /** Half of the largest of four values are larger than half of all. */
    @Test
    void thresholdsOfPooledActivationsAreMeasuredBehindThePool() {
        Shape shape = ann.saved().graph().inputShape();
        int rows = shape.extent(0);
        int columns = shape.extent(1);
        int channels = shape.extent(2);
        Graph graph = new Graph(List.of(
                new Node("input", new Op.Input(shape), List.of()),
                new Node("act", new Op.Activation(Op.ActivationKind.LEAKY, 0.1, 0, false), List.of("input")),
                new Node(
                        "pool",
                        new Op.MaxPool(MaxPoolGeometry.square(rows, columns, channels, 2, 2, 0)),
                        List.of("act")),
                new Node("fc1", new Op.Linear(rows / 2 * (columns / 2) * channels, ann.classes()), List.of("pool")),
                new Node("fc2", new Op.Linear((int) shape.elements(), ann.classes()), List.of("act")),
                new Node("sum", new Op.Add(), List.of("fc1", "fc2"))));
        AnnModel pools = AnnModel.of(new SavedModel(
                graph, Initialisation.uniform(graph, 2), ann.saved().info()));
        Map<String, HostTensor> clipped = tensors(pools.withThresholds(context(images(100)), 0.5, false));
        assertThat(clipped.get("act.pool.thetaPositive").values()[0])
                .isGreaterThan(clipped.get("act.thetaPositive").values()[0]);
    }

    private AnnModel leaky() {
        return AnnModel.of(new SavedModel(
                SmallNetworks.leakyGraph(),
                Initialisation.uniform(SmallNetworks.leakyGraph(), 2),
                ann.saved().info()));
    }

    private static float threshold(Model model) {
        return tensors(model).get("act1.thetaPositive").values()[0];
    }

    /** From random weights to spikes that count as many levels as the activations were trained with. */
    @Test
    void trainingAndQuantisationLearn() {
        TrainingContext context = context(images(640));
        Fit fit = Fit.defaults().withBatch(20).withEpochs(4);
        AnnModel trained = leaky().train(context, Training.builder(fit).build()).withThresholds(context, 0.999, false);
        AnnModel quantised = trained.quantise(
                context, trained, Quantisation.builder(4).fit(fit).build());
        assertThat(((Op.Activation) quantised.saved().graph().node("act1").op()).levels())
                .isEqualTo(4);
        assertThat(trained.provenance()).containsEntry("seed", "1");
        SpikingModel spiking = quantised.convert(NeuronVariant.PAIR);
        Dataset test = images(200);
        assertThat(spiking.evaluate(test, Evaluation.forTimeSteps(4)).accuracyAt(4))
                .isGreaterThan(0.8)
                .isGreaterThan(snn.evaluate(test, Evaluation.forTimeSteps(4)).accuracyAt(4));
    }

    @Test
    void calibrationLearns() {
        List<String> stages = new ArrayList<>();
        TrainingContext context = context(images(640)).withListener(stages(stages));
        SpikingModel calibrated =
                snn.calibrate(context, ann, labels(4, 2).epochs(8).build());
        assertThat(calibrated.calibratedFor()).containsExactly(2, 4);
        assertThat(stages).containsExactly("calibrate-T2+4");
        Dataset test = images(200);
        double before = snn.evaluate(test, Evaluation.forTimeSteps(4)).accuracyAt(2);
        double after = calibrated.evaluate(test, Evaluation.forTimeSteps(4)).accuracyAt(2);
        assertThat(after).isGreaterThan(0.7).isGreaterThan(before);
    }

    @Test
    void layersAreCalibratedOneAfterAnother() {
        Calibration layerwise = labels(4).layerwise(true).build();
        SpikingModel calibrated = snn.calibrate(context(images(100)), ann, layerwise);
        assertThat(calibrated.calibratedFor()).containsExactly(4);
        assertThat(tensors(calibrated).get("conv1.weight"))
                .isNotEqualTo(tensors(snn).get("conv1.weight"));
        assertThat(tensors(calibrated).get("act1.thetaPositive"))
                .isEqualTo(tensors(snn).get("act1.thetaPositive"));
        assertThatThrownBy(() -> labels(2, 4).layerwise(true).build())
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("for one T; got [2, 4]");
    }

    /** What the best recipe of the smallest network does, on images as they are. */
    @Test
    void theDefaultsAreThoseOfARecipe() {
        Recipe.Calibration recipe = Recipes.plan(Net4.NAME, Recipes.AMBISPIKE, Profile.FULL)
                .recipe()
                .calibration();
        Calibration defaults = Calibration.forTimeSteps(4, 1, 4);
        assertThat(defaults.timeSteps()).containsExactly(1, 4);
        assertThat(defaults.fit()).isEqualTo(recipe.fit().with(Augmentation.none()));
        assertThat(defaults.target()).isEqualTo(recipe.target());
        assertThat(defaults.layerwise()).isFalse();
        Evaluation evaluation = Evaluation.forTimeSteps(8);
        assertThat(evaluation.exits()).isEmpty();
        assertThat(evaluation.session())
                .usingRecursiveComparison()
                .isEqualTo(SessionOptions.defaults().withBatch(100));
        TrainingImages held = TrainingImages.heldOut(images(100));
        assertThat(held.training().size()).isEqualTo(95);
        assertThat(held.validation().size()).isEqualTo(5);
        assertThat(held.validation().label(0)).isEqualTo(images(100).label(95));
        assertThat(TrainingImages.heldOut(images(2)).validation().size()).isOne();
    }

    @Test
    void equalCalibrationsGiveEqualBytes() {
        TrainingContext context = context(images(100)).withSeed(3);
        SpikingModel calibrated = snn.calibrate(context, ann, labels(2, 4).build());
        assertThat(tensors(snn.calibrate(context, ann, labels(2, 4).build()))).isEqualTo(tensors(calibrated));
        assertThat(tensors(snn.calibrate(context.withSeed(4), ann, labels(2, 4).build())))
                .isNotEqualTo(tensors(calibrated));
    }

    /** One network of each kind for the T; what it emits is trained with the rest. */
    @Test
    void gainsByStepAreTrained() {
        TrainingContext context = context(images(100)).withSeed(3);
        SpikingModel memory = ann.convert(NeuronVariant.MEMORY);
        SpikingModel calibrated =
                memory.calibrate(context, ann, labels(2, 4).stepGains(0.25).build());
        assertThat(tensors(calibrated).get("act1.gains").values()).hasSize(4).doesNotContain(1.25f, 0.75f);
        assertThat(tensors(calibrated).get("act1.stepBias").values()).isNotEqualTo(new float[4 * 32]);
        assertThatThrownBy(() -> labels(1).stepGains(0.25).build()).hasMessageContaining("largest T of 2 to 8");
        assertThatThrownBy(() -> labels(4).stepGains(1)).hasMessageContaining("less than 1");
    }

    /** The teacher has random weights, so that the labels alone are worth learning from. */
    private static Calibration.Builder labels(int... timeSteps) {
        CalibrationLoss labels = new CalibrationLoss(Optional.empty(), 0, 0, 1, 1, 0);
        return Calibration.builder(timeSteps)
                .epochs(1)
                .batch(20)
                .target(CalibrationTarget.defaults().with(labels));
    }

    private static ProgressListener stages(List<String> stages) {
        return new ProgressListener() {
            @Override
            public void stage(String name, long totalSteps) {
                stages.add(name);
            }
        };
    }

    @Test
    void workStopsWhenAsked() {
        Cancellation cancellation = new Cancellation();
        cancellation.request();
        TrainingContext context = context(images(100)).withCancellation(cancellation);
        assertThatThrownBy(() -> snn.calibrate(context, ann, labels(2).build()))
                .isInstanceOf(CancellationException.class);
        Training training = Training.builder(labels(1).build().fit()).build();
        assertThatThrownBy(() -> ann.train(context, training)).isInstanceOf(CancellationException.class);
        Evaluation evaluation = Evaluation.builder(2).cancellation(cancellation).build();
        assertThatThrownBy(() -> snn.evaluate(images(100), evaluation)).isInstanceOf(CancellationException.class);
    }

    /** After its first epoch, with a checkpoint; without one it would begin anew. */
    @Test
    void aStoppedCalibrationGoesOn(@TempDir Path folder) {
        TrainingContext context = context(images(100));
        Calibration calibration = labels(2).epochs(3).build();
        SpikingModel whole = snn.calibrate(context, ann, calibration);
        Cancellation cancellation = new Cancellation();
        List<MetricRow> rows = new ArrayList<>();
        TrainingContext stopped = context.withCancellation(cancellation)
                .withCheckpoints(new Checkpoints(folder, false))
                .withMetrics(row -> cancellation.request());
        assertThatThrownBy(() -> snn.calibrate(stopped, ann, calibration)).isInstanceOf(CancellationException.class);
        assertThat(folder.resolve("calibrate-T2.checkpoint")).exists();
        TrainingContext resumed =
                context.withCheckpoints(new Checkpoints(folder, true)).withMetrics(rows::add);
        assertThat(tensors(snn.calibrate(resumed, ann, calibration))).isEqualTo(tensors(whole));
        assertThat(rows).as("epochs that were left").hasSize(2);
    }

    /** The curve of an evaluation is what a session does with the same images and rules; spikes are counted in whole batches. */
    @Test
    void exitsOfAnEvaluationAreThoseOfASession() {
        Dataset images = images(150);
        ExitRule[] rules = {ExitRule.margin(0.05), ExitRule.margin(0.3).notBefore(2), ExitRule.never()};
        SessionOptions options = SessionOptions.defaults().withBatch(150).withThreads(2);
        EvaluationResult result = snn.evaluate(
                images,
                Evaluation.builder(6)
                        .exits(rules)
                        .session(options.withBatch(50))
                        .build());
        FloatBuffer pixels = FloatBuffer.allocate(150 * 72);
        for (int index = 0; index < pixels.capacity(); index++) {
            pixels.put(index, Byte.toUnsignedInt(images.image(index / 72)[index % 72]));
        }
        try (SpikingSession session = snn.openSession(options.withInput(Input.PIXELS))) {
            for (int index = 0; index < rules.length; index++) {
                SpikingResult run = session.run(pixels, 6, rules[index]);
                int correct = 0;
                for (int image = 0; image < 150; image++) {
                    correct += run.predicted(image) == images.label(image) ? 1 : 0;
                }
                EvaluationResult.Exit exit = result.exits().get(index);
                assertThat(exit.rule()).isEqualTo(rules[index].label());
                assertThat(exit.meanTimeSteps()).isCloseTo(run.meanTimeSteps(), within(0.03));
                assertThat(exit.accuracy()).isCloseTo(correct / 150.0, within(0.015));
            }
        }
        assertThat(result.exits().get(2).meanTimeSteps()).isEqualTo(6);
        assertThat(result.exits().get(2).accuracy()).isEqualTo(result.accuracyAt(6));
        assertThat(result.exits().get(0).meanTimeSteps()).isBetween(1.0, 5.0);
        assertThat(result.images()).isEqualTo(150);
        try (SpikingSession session =
                snn.openSession(options.withInput(Input.PIXELS).withRates())) {
            session.run(pixels, 6);
            assertThat(session.rates()).hasSize(2).allSatisfy(layer -> {
                double chances = 6.0 * snn.saved().graph().shape(layer.layer()).elements();
                assertThat(layer.negative()).isPositive();
                assertThat(result.positiveSpikes(layer.layer(), 6) / chances).isCloseTo(layer.positive(), within(0.01));
                assertThat(result.negativeSpikes(layer.layer(), 6) / chances).isCloseTo(layer.negative(), within(0.01));
            });
        }
    }

    /** A model says what happened to it, and nothing else. */
    @Test
    void provenanceIsWhatHappened() {
        assertThat(snn.provenance()).containsOnlyKeys("seed", "neuron", "commit");
        assertThat(snn.provenance()).containsEntry("seed", "1").containsEntry("neuron", "pair");
        TrainingContext context = context(images(100)).withSeed(3);
        assertThat(ann.withThresholds(context, 1, false).provenance())
                .as("thresholds are measured, which takes no seed")
                .containsOnlyKeys("seed", "commit")
                .containsEntry("seed", "1");
        SpikingModel measured = snn.withProvenance(ModelInfo.ACCURACY, "0.5").withProvenance("by", "hand");
        SpikingModel calibrated = measured.calibrate(context, ann, labels(2).build());
        assertThat(calibrated.provenance())
                .as("accuracy is that of another network")
                .containsOnlyKeys("seed", "neuron", "commit", "by")
                .containsEntry("seed", "3")
                .containsEntry("by", "hand");
        assertThat(measured.clippedAnn().provenance()).containsOnlyKeys("seed", "neuron", "commit", "by");
        assertThat(calibrated.dataset()).isEqualTo("channels");
        assertThat(snn.dataset()).isEqualTo("random pixels");
    }

    @Test
    void classNamesComeFromTheImages() {
        Dataset images = images(40);
        byte[] pixels = new byte[40 * 72];
        Dataset renamed = Dataset.of(
                "renamed",
                SmallNetworks.IMAGE,
                pixels,
                new int[40],
                List.of("one", "two", "three", "four"),
                ann.normalisation());
        Dataset fewer = Dataset.of(
                "fewer", SmallNetworks.IMAGE, pixels, new int[40], List.of("one", "two", "three"), ann.normalisation());
        assertThat(snn.calibrate(context(images), ann, labels(2).build()).classNames())
                .isEqualTo(ann.classNames());
        assertThat(snn.calibrate(context(renamed), ann, labels(2).build()).classNames())
                .containsExactly("one", "two", "three", "four");
        Training training = Training.builder(labels(1).build().fit()).build();
        assertThat(ann.train(context(renamed), training).classNames()).containsExactly("one", "two", "three", "four");
        assertThat(ann.train(context(fewer), training).classNames())
                .as("not all classes have a name")
                .isEmpty();
        assertThat(snn.calibrate(context(fewer), ann, labels(2).build()).classNames())
                .isEmpty();
        Evaluation once = Evaluation.forTimeSteps(1);
        assertThat(snn.evaluate(fewer, once).accuracyAt(1))
                .isEqualTo(snn.evaluate(renamed, once).accuracyAt(1));
    }
}
