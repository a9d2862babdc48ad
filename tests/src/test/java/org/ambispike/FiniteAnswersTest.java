package org.ambispike;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.FloatBuffer;
import java.util.Arrays;
import java.util.stream.Stream;
import org.ambispike.common.AnswerException;
import org.ambispike.device.Device;
import org.ambispike.graph.HostTensor;
import org.ambispike.graph.NeuronVariant;
import org.ambispike.graph.Weights;
import org.ambispike.io.SavedModel;
import org.ambispike.support.SmallNetworks;
import org.junit.jupiter.api.Test;

/** Finite weights may give answers that are not: an error that names image and node, in every way to run a network. */
class FiniteAnswersTest {
    private static final SessionOptions CPU = SessionOptions.defaults()
            .withDevice(Device.Request.CPU)
            .withInput(SessionOptions.Input.NORMALISED)
            .withThreads(1);

    private static SavedModel overflowing(SavedModel model) {
        String last = model.graph().output().parameter("weight");
        HostTensor large = model.weights().get(last).copy();
        Arrays.fill(large.values(), 3e38f);
        Weights weights = model.weights().with(last, large);
        for (String name : weights.tensors().keySet()) {
            if (name.endsWith(".bias")) {
                weights = weights.map(name, bias -> HostTensor.filled(bias.shape(), 0));
            }
        }
        return new SavedModel(model.graph(), weights, model.info());
    }

    /** The first is black, and biases are 0: the answer to the second alone overflows. */
    private static float[] images(SavedModel model) {
        float[] images =
                new float[2 * Math.toIntExact(model.graph().inputShape().elements())];
        Arrays.fill(images, images.length / 2, images.length, 100);
        return images;
    }

    @Test
    void sessionsNameImageAndNode() {
        SavedModel model = overflowing(SmallNetworks.exact(NeuronVariant.PAIR, true, 1));
        String node = model.graph().output().name();
        float[] images = images(model);
        try (SpikingSession session = SpikingModel.of(model).openSession(CPU)) {
            Stream.<Runnable>of(() -> session.run(FloatBuffer.wrap(images), 8), () -> {
                        session.begin(FloatBuffer.wrap(images));
                        for (int t = 0; t < 8; t++) {
                            session.step();
                        }
                    })
                    .forEach(run -> assertThatThrownBy(run::run)
                            .isInstanceOf(AnswerException.class)
                            .hasMessageContaining("image 2")
                            .hasMessageContaining("from node '" + node + "' on"));
        }
    }

    @Test
    void annSessionsDoToo() {
        SavedModel model = overflowing(SmallNetworks.clippedAnn(1));
        float[] images = images(model);
        try (AnnSession session = AnnModel.of(model).openSession(CPU)) {
            float[] second = Arrays.copyOfRange(images, images.length / 2, images.length);
            assertThatThrownBy(() -> session.run(FloatBuffer.wrap(second)))
                    .isInstanceOf(AnswerException.class)
                    .hasMessageContaining("image 1")
                    .hasMessageContaining(model.graph().output().name());
        }
    }
}
