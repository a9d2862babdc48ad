package org.ambispike;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Path;
import java.util.List;
import org.ambispike.backend.Backend;
import org.ambispike.common.InputException;
import org.ambispike.common.Precision;
import org.ambispike.data.Dataset;
import org.ambispike.device.Device;
import org.ambispike.graph.Graph;
import org.ambispike.graph.NeuronVariant;
import org.ambispike.graph.Normalisation;
import org.ambispike.graph.Shape;
import org.ambispike.io.SavedModel;
import org.ambispike.support.ChannelImages;
import org.ambispike.support.NormalisedNetwork;
import org.ambispike.support.SmallNetworks;
import org.ambispike.train.TrainingContext;
import org.ambispike.train.TrainingImages;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What the models refuse inside another program, and what they say of it. */
class FacadeRefusalsTest {
    private final Backend backend =
            Backend.of(Device.choose(Device.Request.CPU, Precision.F32).open(2));
    private final AnnModel ann = AnnModel.of(SmallNetworks.clippedAnn(5));
    private final SpikingModel snn = ann.convert(NeuronVariant.PAIR);
    private final Calibration calibration =
            Calibration.builder(2).epochs(1).batch(20).build();

    @AfterEach
    void close() {
        assertThat(backend.memory().liveBytes()).isZero();
        backend.close();
    }

    private TrainingContext context(Dataset images) {
        return TrainingContext.on(backend, TrainingImages.heldOut(images));
    }

    private Dataset images(int count) {
        return ChannelImages.of(count, ann);
    }

    @Test
    void imagesThatDoNotFitAreRefused() {
        Dataset other = images(40).with(new Normalisation(List.of(0f, 0f), List.of(1f, 1f)));
        assertThatThrownBy(() -> snn.evaluate(other, Evaluation.forTimeSteps(8)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("is not the model's");
        assertThatThrownBy(() -> ann.withThresholds(context(other), 1, false))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("is not the model's");
        Dataset small =
                Dataset.of("small", Shape.of(3, 3, 2), new byte[36], new int[2], ann.classNames(), ann.normalisation());
        assertThatThrownBy(() -> snn.calibrate(context(small), ann, Calibration.forTimeSteps(4)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("[3, 3, 2]")
                .hasMessageContaining("[6, 6, 2]");
        Training training = Training.builder(calibration.fit()).build();
        assertThatThrownBy(() -> ann.train(context(small), training))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("[3, 3, 2]");
        Dataset more = Dataset.of(
                "more",
                SmallNetworks.IMAGE,
                new byte[72],
                new int[1],
                List.of("one", "two", "three", "four", "five"),
                ann.normalisation());
        assertThatThrownBy(() -> snn.evaluate(more, Evaluation.forTimeSteps(1)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("5 classes do not fit the model's 4");
        TrainingContext badly = TrainingContext.on(backend, new TrainingImages(images(200), small));
        assertThatThrownBy(() -> snn.calibrate(badly, ann, Calibration.forTimeSteps(4)))
                .as("validation images are looked at too")
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("[3, 3, 2]");
        assertThatThrownBy(() -> snn.calibrate(context(images(40)), ann, Calibration.forTimeSteps(4)))
                .isInstanceOf(InputException.class)
                .hasMessageContaining("a batch of 128 is more than the 38 training images");
        assertThatThrownBy(() -> TrainingImages.heldOut(images(1)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("too few to hold one out");
        assertThatThrownBy(Calibration::forTimeSteps).hasMessageContaining("time steps");
        assertThatThrownBy(() -> Calibration.forTimeSteps(0)).hasMessageContaining("at least 1, got [0]");
        assertThatThrownBy(() -> Evaluation.forTimeSteps(0)).hasMessageContaining("at least one");
    }

    @Test
    void modelsOfTheOtherKindAreRefused(@TempDir Path folder) {
        assertThatThrownBy(() -> AnnModel.of(snn.saved()))
                .isInstanceOf(InputException.class)
                .hasMessageContaining("the model 'small' holds a spiking network, expected an ANN");
        assertThatThrownBy(() -> SpikingModel.of(ann.saved()))
                .isInstanceOf(InputException.class)
                .hasMessageContaining("convert it first");
        Path file = folder.resolve("model.safetensors");
        snn.save(file);
        assertThatThrownBy(() -> AnnModel.load(file))
                .isInstanceOf(InputException.class)
                .hasMessageContaining(file + " holds a spiking network");
        assertThat(Model.load(file)).isInstanceOf(SpikingModel.class);
        assertThat(SpikingModel.load(file).saved().weights().tensors())
                .isEqualTo(snn.saved().weights().tensors());
        ann.save(file);
        assertThat(Model.load(file)).isInstanceOf(AnnModel.class);
        assertThat(AnnModel.load(file).saved().weights().tensors())
                .isEqualTo(ann.saved().weights().tensors());
    }

    @Test
    void aTeacherOfAnotherNetworkIsRefused() {
        Graph graph = NormalisedNetwork.graph(0.1);
        AnnModel other = AnnModel.of(new SavedModel(
                graph, NormalisedNetwork.weights(graph, 1), ann.saved().info()));
        assertThatThrownBy(() -> snn.calibrate(context(images(200)), other, calibration))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("the teacher has images")
                .hasMessageContaining("but the network to calibrate has [6, 6, 2]");
        Quantisation quantisation =
                Quantisation.builder(4).fit(calibration.fit()).build();
        assertThatThrownBy(() -> ann.quantise(context(images(200)), other, quantisation))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("the teacher has images");
    }
}
