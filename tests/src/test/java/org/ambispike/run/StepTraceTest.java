package org.ambispike.run;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import java.nio.ByteBuffer;
import java.nio.FloatBuffer;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.ambispike.AnnSession;
import org.ambispike.LayerRates;
import org.ambispike.SessionOptions;
import org.ambispike.SpikingModel;
import org.ambispike.SpikingResult;
import org.ambispike.SpikingSession;
import org.ambispike.common.InputException;
import org.ambispike.device.Device;
import org.ambispike.graph.HostTensor;
import org.ambispike.graph.NeuronVariant;
import org.ambispike.support.ReferenceNetwork;
import org.ambispike.support.SmallNetworks;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Spikes step by step against a plain reference, in networks in which every sum is exact. */
class StepTraceTest {
    private static final int IMAGE = Math.toIntExact(SmallNetworks.IMAGE.elements());
    private static final int STEPS = 8;
    private static final SessionOptions TRACED = SessionOptions.defaults()
            .withDevice(Device.Request.CPU)
            .withThreads(1)
            .withBatch(4)
            .withInput(SessionOptions.Input.NORMALISED)
            .withTrace();
    private static final Map<String, Integer> NEURONS = Map.of("act1", 180, "act2", 63);

    private final float[] images = SmallNetworks.exactImages(3, 4);

    @ParameterizedTest
    @EnumSource(value = NeuronVariant.class, mode = EnumSource.Mode.EXCLUDE, names = "AUGMENTED")
    void everySpikeIsThatOfTheReference(NeuronVariant variant) {
        SpikingModel model = SpikingModel.of(SmallNetworks.exact(variant, true, 11));
        List<ReferenceNetwork> references = List.of(
                new ReferenceNetwork(model.saved()),
                new ReferenceNetwork(model.saved()),
                new ReferenceNetwork(model.saved()));
        Map<String, double[]> sums = new TreeMap<>();
        Map<String, long[]> counts = new TreeMap<>();
        try (SpikingSession session = model.openSession(TRACED.withRates())) {
            session.begin(FloatBuffer.wrap(images));
            for (int t = 1; t <= STEPS; t++) {
                session.step();
                for (int image = 0; image < references.size(); image++) {
                    references.get(image).step(Arrays.copyOfRange(images, image * IMAGE, (image + 1) * IMAGE));
                }
                for (String layer : model.neuronLayers()) {
                    compare(session, layer, references, t, sums, counts);
                }
            }
            for (LayerRates rates : session.rates()) {
                double chances = (double) STEPS * references.size() * NEURONS.get(rates.layer());
                long[] counted = counts.get(rates.layer());
                assertThat(counted[0] / chances).isEqualTo(rates.positive());
                assertThat(counted[1] / chances).isEqualTo(rates.negative());
            }
        }
        long[] first = counts.get("act1");
        assertThat(first[0]).isPositive();
        assertThat(first[1] > 0).isEqualTo(variant != NeuronVariant.IF);
    }

    @Test
    void augmentedSpikesAreRefused() {
        SpikingModel model = SpikingModel.of(SmallNetworks.exact(NeuronVariant.AUGMENTED, true, 11));
        assertThatExceptionOfType(InputException.class)
                .isThrownBy(() -> model.openSession(TRACED))
                .withMessageStartingWith("layer 'act1' emits augmented spikes");
    }

    private static void compare(
            SpikingSession session,
            String layer,
            List<ReferenceNetwork> references,
            int t,
            Map<String, double[]> sums,
            Map<String, long[]> counts) {
        int neurons = NEURONS.get(layer);
        FloatBuffer emitted =
                FloatBuffer.allocate(1 + references.size() * neurons).position(1);
        ByteBuffer spikes = ByteBuffer.allocateDirect(references.size() * neurons);
        assertThat(session.emitted(layer, emitted)).isEqualTo(references.size() * neurons);
        assertThat(session.spikes(layer, spikes)).isEqualTo(references.size() * neurons);
        assertThat(emitted.position()).isEqualTo(1);
        double[] sum = sums.computeIfAbsent(layer, name -> new double[references.size() * neurons]);
        long[] count = counts.computeIfAbsent(layer, name -> new long[2]);
        long[] expected = new long[2];
        for (int image = 0; image < references.size(); image++) {
            double[] means = references.get(image).emitted(layer);
            for (int neuron = 0; neuron < neurons; neuron++) {
                int index = image * neurons + neuron;
                sum[index] += emitted.get(1 + index);
                assertThat(sum[index] / t).isEqualTo(means[neuron]);
                count[0] += spikes.get(index) & SpikingSession.POSITIVE;
                count[1] += (spikes.get(index) & SpikingSession.NEGATIVE) / SpikingSession.NEGATIVE;
            }
            expected[0] += references.get(image).spikes(layer)[0];
            expected[1] += references.get(image).spikes(layer)[1];
        }
        assertThat(count).isEqualTo(expected);
    }

    @Test
    void theAnnBesideItIsWhatTheNetworkTendsTo() {
        SpikingModel model = SpikingModel.of(SmallNetworks.random(3));
        int steps = 400;
        try (SpikingSession session = model.openSession(TRACED);
                AnnSession ann = model.clippedAnn().openSession(TRACED)) {
            FloatBuffer image = FloatBuffer.wrap(images, 0, IMAGE);
            AnnSession.Answer answer = ann.run(image);
            session.begin(image);
            double[] sums = new double[NEURONS.get("act2")];
            FloatBuffer emitted = FloatBuffer.allocate(sums.length);
            SpikingResult result = session.step();
            for (int t = 1; t <= steps; t++) {
                session.emitted("act2", emitted);
                for (int neuron = 0; neuron < sums.length; neuron++) {
                    sums[neuron] += emitted.get(neuron) / steps;
                }
                result = session.step();
            }
            HostTensor activations = answer.activations().get("act2");
            assertThat(activations.shape().toArray()).containsExactly(3, 3, 7);
            assertThat(answer.activations()).containsOnlyKeys("act1", "act2");
            double largest = 0;
            for (int neuron = 0; neuron < sums.length; neuron++) {
                double activation = activations.values()[neuron];
                largest = Math.max(largest, Math.abs(activation));
                assertThat(Math.abs(sums[neuron] - activation)).isLessThan(0.02);
            }
            assertThat(largest).as("else all agree on nothing").isGreaterThan(0.2);
            for (int index = 0; index < SmallNetworks.CLASSES; index++) {
                assertThat(Math.abs(result.logits(0)[index] - answer.logits()[index]))
                        .isLessThan(0.02f);
            }
        }
    }

    @Test
    void whatHasNoTraceSaysSo() {
        SpikingModel model = SpikingModel.of(SmallNetworks.random(3));
        FloatBuffer emitted = FloatBuffer.allocate(180);
        try (SpikingSession session = model.openSession(TRACED);
                SpikingSession other = model.openSession(SessionOptions.defaults()
                        .withInput(SessionOptions.Input.NORMALISED)
                        .withThreads(1))) {
            FloatBuffer image = FloatBuffer.wrap(images, 0, IMAGE);
            assertThatIllegalStateException().isThrownBy(() -> session.emitted("act1", emitted));
            session.begin(image);
            assertThatIllegalStateException()
                    .isThrownBy(() -> session.spikes("act1", ByteBuffer.allocate(180)))
                    .withMessageContaining("before the first step");
            session.step();
            assertThatIllegalArgumentException()
                    .isThrownBy(() -> session.emitted("conv1", emitted))
                    .withMessageContaining("[act1, act2]");
            assertThatIllegalArgumentException()
                    .isThrownBy(() -> session.spikes("act1", ByteBuffer.allocate(179)))
                    .withMessageContaining("expected 180");
            session.run(image, 2);
            assertThatIllegalStateException().isThrownBy(() -> session.emitted("act1", emitted));
            other.begin(image);
            other.step();
            assertThatIllegalStateException()
                    .isThrownBy(() -> other.emitted("act1", emitted))
                    .withMessageContaining("withTrace()");
        }
    }

    @Test
    void anAnnSessionRefusesWhatItCannotRun() {
        SpikingModel model = SpikingModel.of(SmallNetworks.random(3));
        assertThatExceptionOfType(InputException.class)
                .isThrownBy(() -> AnnSession.open(model.saved(), TRACED))
                .withMessageContaining("expected an ANN");
        AnnSession session = model.clippedAnn().openSession(TRACED);
        assertThatIllegalArgumentException().isThrownBy(() -> session.run(FloatBuffer.wrap(images, 0, 2 * IMAGE)));
        session.close();
        session.close();
        assertThatIllegalStateException().isThrownBy(() -> session.run(FloatBuffer.wrap(images, 0, IMAGE)));
    }
}
