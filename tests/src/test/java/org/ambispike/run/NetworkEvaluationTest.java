package org.ambispike.run;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CancellationException;
import java.util.stream.IntStream;
import org.ambispike.backend.Backend;
import org.ambispike.backend.cpu.CpuBackend;
import org.ambispike.common.Cancellation;
import org.ambispike.common.Precision;
import org.ambispike.data.Dataset;
import org.ambispike.graph.NeuronVariant;
import org.ambispike.graph.Normalisation;
import org.ambispike.io.SavedModel;
import org.ambispike.support.SmallNetworks;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Images shared out among threads against one pass by one thread, on a network whose sums are exact. */
class NetworkEvaluationTest {
    private static final int IMAGES = 23;
    private static final int STEPS = 5;

    private final SavedModel network = SmallNetworks.exact(NeuronVariant.PAIR, true, 3);
    private final Dataset images = images();

    private static Dataset images() {
        Random random = new Random(5);
        byte[] pixels = new byte[Math.toIntExact(IMAGES * SmallNetworks.IMAGE.elements())];
        byte[] labels = new byte[IMAGES];
        for (int index = 0; index < pixels.length; index++) {
            pixels[index] = (byte) (255 * random.nextInt(2));
        }
        for (int index = 0; index < IMAGES; index++) {
            labels[index] = (byte) random.nextInt(SmallNetworks.CLASSES);
        }
        List<String> names = IntStream.range(0, SmallNetworks.CLASSES)
                .mapToObj(Integer::toString)
                .toList();
        Normalisation plain = new Normalisation(List.of(0f, 0f), List.of(1f, 1f));
        return Dataset.of("noise", SmallNetworks.IMAGE, pixels, labels, names, plain);
    }

    private StepCurve whole(int batch) {
        try (Backend backend = CpuBackend.open(Precision.F32, 1);
                Evaluator evaluator = new Evaluator(
                        backend, network.graph(), network.weights(), batch, STEPS, true, new Cancellation())) {
            return evaluator.evaluate(images);
        }
    }

    private StepCurve shared(int threads, int batch, Cancellation cancellation, LogitsObserver observer) {
        try (Backend backend = CpuBackend.open(Precision.F32, threads)) {
            return new NetworkEvaluation(backend, network.graph(), network.weights(), cancellation)
                    .curve(images, batch, STEPS, true, observer);
        }
    }

    /** How many images are in whole batches depends on how they are shared out, so the batch is one that divides them. */
    @ParameterizedTest
    @CsvSource({"1, 1", "2, 1", "2, 2", "3, 3", "4, 1", "8, 4"})
    void sharesAddUpToTheWhole(int threads, int batch) {
        List<Integer> seen = new ArrayList<>();
        StepCurve curve = shared(threads, batch, new Cancellation(), (logits, stride, part) -> seen.add(part.count()));
        StepCurve expected = whole(1);
        assertThat(curve.images()).isEqualTo(IMAGES);
        assertThat(seen.stream().mapToInt(Integer::intValue).sum()).isEqualTo(IMAGES);
        assertThat(curve.accuracy()).containsExactly(expected.accuracy());
        assertThat(curve.accuracy()[STEPS - 1]).isBetween(0.01, 0.99);
        if (Math.max(1, batch / threads) == 1) {
            assertThat(curve.countedImages()).isEqualTo(IMAGES);
            assertThat(curve.spikes().keySet()).isEqualTo(expected.spikes().keySet());
            curve.spikes().forEach((layer, spikes) -> assertThat(spikes)
                    .isDeepEqualTo(expected.spikes().get(layer)));
        }
    }

    @Test
    void spikesOfWholeBatchesAreCounted() {
        StepCurve curve = shared(2, 8, new Cancellation(), LogitsObserver.none());
        assertThat(curve.accuracy()).containsExactly(whole(1).accuracy());
        assertThat(curve.countedImages()).isEqualTo(20); // of 23, in batches of four
    }

    @Test
    void whatStopsOneThreadStopsTheEvaluation() {
        Cancellation cancellation = new Cancellation();
        assertThatThrownBy(() -> shared(2, 2, cancellation, (logits, stride, part) -> cancellation.request()))
                .isInstanceOf(CancellationException.class);
        assertThatThrownBy(() -> shared(3, 3, new Cancellation(), (logits, stride, part) -> {
                    throw new IllegalStateException("observer");
                }))
                .isInstanceOf(IllegalStateException.class)
                .hasMessage("observer");
    }
}
