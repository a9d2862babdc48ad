package org.ambispike;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.nio.FloatBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.concurrent.CancellationException;
import org.ambispike.SessionOptions.Input;
import org.ambispike.backend.Backend;
import org.ambispike.common.Cancellation;
import org.ambispike.common.InputException;
import org.ambispike.common.Precision;
import org.ambispike.common.ProgressListener;
import org.ambispike.convert.Converter;
import org.ambispike.data.Dataset;
import org.ambispike.device.Device;
import org.ambispike.graph.NeuronModel;
import org.ambispike.graph.NeuronVariant;
import org.ambispike.graph.Normalisation;
import org.ambispike.graph.Op;
import org.ambispike.graph.Shape;
import org.ambispike.io.ModelInfo;
import org.ambispike.io.SavedModel;
import org.ambispike.paper.Initialisation;
import org.ambispike.run.ExitResult;
import org.ambispike.support.SmallNetworks;
import org.ambispike.train.CalibrationLoss;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Converting, calibrating and evaluating inside another program. */
class FacadeTest {
    private final Backend backend =
            Device.choose(Device.Request.CPU, Precision.F32).open(2);
    private final SavedModel ann = SmallNetworks.clippedAnn(5);

    @AfterEach
    void close() {
        assertThat(backend.liveBytes()).isZero();
        backend.close();
    }

    /** Images whose class says which of the two channels are bright, so that there is something to learn. */
    private Dataset images(int count, Normalisation normalisation) {
        SplittableRandom random = new SplittableRandom(count);
        byte[] pixels = new byte[count * 72];
        byte[] labels = new byte[count];
        for (int image = 0; image < count; image++) {
            labels[image] = (byte) random.nextInt(4);
            for (int index = 0; index < 72; index++) {
                boolean bright = (labels[image] >> index % 2 & 1) == 1;
                pixels[image * 72 + index] = (byte) (random.nextInt(120) + (bright ? 100 : 0));
            }
        }
        return Dataset.of(
                "channels", SmallNetworks.IMAGE, pixels, labels, ann.info().classNames(), normalisation);
    }

    private Dataset images(int count) {
        return images(count, ann.info().normalisation());
    }

    @Test
    void conversionIsThatOfTheConverter() {
        SpikingModel snn = Conversion.of(ann).neuron(NeuronVariant.SYMMETRIC).run();
        Converter.Conversion expected = Converter.convert(ann.graph(), ann.weights(), NeuronVariant.SYMMETRIC);
        assertThat(snn.saved().graph()).isEqualTo(expected.graph());
        assertThat(snn.saved().weights().tensors()).isEqualTo(expected.weights().tensors());
        assertThat(snn.network()).isEqualTo("small");
        assertThat(snn.provenance()).containsEntry("seed", "1").containsEntry("neuron", "symmetric");
    }

    @Test
    void anUnclippedNetworkGetsThresholdsFromImages() {
        ModelInfo info = ann.info();
        SavedModel leaky =
                new SavedModel(SmallNetworks.leakyGraph(), Initialisation.uniform(SmallNetworks.leakyGraph(), 2), info);
        assertThatThrownBy(() -> Conversion.of(leaky).run())
                .isInstanceOf(InputException.class)
                .hasMessageContaining("act1");
        SpikingModel largest = Conversion.of(leaky).quantile(1).run(backend, images(300));
        SpikingModel median =
                Conversion.of(leaky).quantile(0.5).neuron(NeuronVariant.IF).run(backend, images(300));
        assertThat(median.saved().weights().get("act1.thetaPositive").values()[0])
                .isPositive()
                .isLessThan(largest.saved().weights().get("act1.thetaPositive").values()[0]);
        assertThat(((Op.Spike) median.saved().graph().node("act1").op()).model())
                .isEqualTo(NeuronModel.INTEGRATE_AND_FIRE);
        assertThat(Conversion.of(ann).run(backend, images(10)).saved().weights().tensors())
                .as("thresholds that are there stay")
                .isEqualTo(Conversion.of(ann).run().saved().weights().tensors());
    }

    @Test
    void calibrationLearns() {
        SpikingModel snn = Conversion.of(ann).run();
        Dataset training = images(640);
        Dataset test = images(200);
        List<String> stages = new ArrayList<>();
        SpikingModel calibrated =
                calibration(snn).epochs(8).listener(stages(stages)).run(backend, training);
        assertThat(calibrated.calibratedFor()).containsExactly(2, 4);
        assertThat(stages).containsExactly("calibrate-T2+4");
        double before = Evaluation.of(snn).timeSteps(4).run(backend, test).accuracyAt(2);
        double after = Evaluation.of(calibrated).timeSteps(4).run(backend, test).accuracyAt(2);
        assertThat(after).isGreaterThan(0.7).isGreaterThan(before);
    }

    @Test
    void equalCalibrationsGiveEqualBytes() {
        SpikingModel snn = Conversion.of(ann).run();
        Dataset training = images(100);
        SpikingModel calibrated = calibration(snn).seed(3).run(backend, training);
        assertThat(calibration(snn)
                        .seed(3)
                        .run(backend, training)
                        .saved()
                        .weights()
                        .tensors())
                .isEqualTo(calibrated.saved().weights().tensors());
        assertThat(calibration(snn)
                        .seed(4)
                        .run(backend, training)
                        .saved()
                        .weights()
                        .tensors())
                .isNotEqualTo(calibrated.saved().weights().tensors());
    }

    /** The teacher has random weights, so that the labels alone are worth learning from. */
    private Calibration calibration(SpikingModel snn) {
        CalibrationLoss labels = new CalibrationLoss(Optional.empty(), 0, 0, 1, 1, 0);
        return Calibration.of(snn, ann)
                .timeSteps(4, 2)
                .epochs(1)
                .batch(20)
                .recipe(settings -> settings.with(settings.target().with(labels)));
    }

    private static ProgressListener stages(List<String> stages) {
        return new ProgressListener() {
            @Override
            public void stage(String name, long totalSteps) {
                stages.add(name);
            }

            @Override
            public void step(long done, String message) {}

            @Override
            public void note(String line) {}

            @Override
            public void stageDone(String summary) {}
        };
    }

    @Test
    void calibrationStopsWhenAsked() {
        Cancellation cancellation = new Cancellation();
        cancellation.request();
        Calibration calibration =
                Calibration.of(Conversion.of(ann).run(), ann).batch(20).cancellation(cancellation);
        assertThatThrownBy(() -> calibration.run(backend, images(100))).isInstanceOf(CancellationException.class);
    }

    /** The curve of an evaluation is what a session does with the same images and rules. */
    @Test
    void exitsOfAnEvaluationAreThoseOfASession() {
        SpikingModel snn = Conversion.of(ann).run();
        Dataset images = images(150);
        ExitRule[] rules = {ExitRule.margin(0.05), ExitRule.margin(0.3).notBefore(2), ExitRule.never()};
        EvaluationResult result = Evaluation.of(snn).timeSteps(6).exits(rules).run(backend, images);
        FloatBuffer pixels = FloatBuffer.allocate(150 * 72);
        for (int index = 0; index < pixels.capacity(); index++) {
            pixels.put(index, images.pixel(index / 72, index % 72));
        }
        SessionOptions options = SessionOptions.defaults().withBatch(150).withThreads(2);
        try (SpikingSession session = snn.openSession(options.withInput(Input.PIXELS))) {
            for (int index = 0; index < rules.length; index++) {
                SpikingResult run = session.run(pixels, 6, rules[index]);
                int correct = 0;
                for (int image = 0; image < 150; image++) {
                    correct += run.predicted(image) == images.label(image) ? 1 : 0;
                }
                ExitResult exit = result.exits().get(index);
                assertThat(exit.rule()).isEqualTo(rules[index].label());
                assertThat(exit.meanTimeSteps()).isCloseTo(run.meanTimeSteps(), within(0.03));
                assertThat(exit.accuracy()).isCloseTo(correct / 150.0, within(0.015));
            }
        }
        assertThat(result.exits().get(2).meanTimeSteps()).isEqualTo(6);
        assertThat(result.exits().get(2).accuracy()).isEqualTo(result.accuracyAt(6));
        assertThat(result.exits().get(0).meanTimeSteps()).isBetween(1.0, 5.0);
        assertThat(result.curve().spikes()).containsOnlyKeys("act1", "act2");
    }

    @Test
    void imagesThatDoNotFitAreRefused() {
        SpikingModel snn = Conversion.of(ann).run();
        Dataset other = images(40, new Normalisation(List.of(0f, 0f), List.of(1f, 1f)));
        assertThatThrownBy(() -> Evaluation.of(snn).run(backend, other))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("is not the model's");
        Dataset small = Dataset.of(
                "small",
                Shape.of(3, 3, 2),
                new byte[18],
                new byte[1],
                ann.info().classNames(),
                ann.info().normalisation());
        assertThatThrownBy(() -> Calibration.of(snn, ann).run(backend, small))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("[3, 3, 2]")
                .hasMessageContaining("[6, 6, 2]");
        assertThatThrownBy(() -> Calibration.of(snn, ann).run(backend, images(40)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("38 images beside the 2 held out")
                .hasMessageContaining("batch of 128");
        assertThatThrownBy(() -> Calibration.of(snn, snn.saved()))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("the teacher is a spiking network");
        assertThatThrownBy(() -> Calibration.of(snn, ann).timeSteps()).hasMessageContaining("time steps");
        assertThatThrownBy(() -> Evaluation.of(snn).timeSteps(0)).hasMessageContaining("at least one");
        assertThatThrownBy(() -> Conversion.of(ann).quantile(0)).hasMessageContaining("(0, 1]");
    }
}
