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
class NetworkRunnerTest {
    private static final int IMAGES = 23;
    private static final int STEPS = 5;

    private final SavedModel network = SmallNetworks.exact(NeuronVariant.PAIR, true, 3);
    private final Dataset images = images();

    private static Dataset images() {
        Random random = new Random(5);
        byte[] pixels = new byte[Math.toIntExact(IMAGES * SmallNetworks.IMAGE.elements())];
        int[] labels = new int[IMAGES];
        for (int index = 0; index < pixels.length; index++) {
            pixels[index] = (byte) (255 * random.nextInt(2));
        }
        for (int index = 0; index < IMAGES; index++) {
            labels[index] = random.nextInt(SmallNetworks.CLASSES);
        }
        List<String> names = IntStream.range(0, SmallNetworks.CLASSES)
                .mapToObj(Integer::toString)
                .toList();
        Normalisation plain = new Normalisation(List.of(0f, 0f), List.of(1f, 1f));
        return Dataset.of("noise", SmallNetworks.IMAGE, pixels, labels, names, plain);
    }

    private StepCurve whole(int batch) {
        try (Backend backend = CpuBackend.open(Precision.F32, 1);
                NetworkRunner runner = new NetworkRunner(backend, network.network());
                DataPass pass = runner.pass(PassPlan.whole(batch, STEPS).withCounts(), new Cancellation())) {
            return pass.curve(images);
        }
    }

    private StepCurve shared(int threads, int batch, Cancellation cancellation, PassObserver... observers) {
        PassPlan plan = PassPlan.over(images, batch, STEPS).withCounts();
        try (Backend backend = CpuBackend.open(Precision.F32, threads);
                NetworkRunner runner = new NetworkRunner(backend, network.network());
                DataPass pass = runner.pass(plan, cancellation)) {
            StepCurve first = pass.curve(images, observers);
            assertThat(pass.curve(images).accuracy()).containsExactly(first.accuracy());
            return first;
        }
    }

    /** How many images are in whole batches depends on how they are shared out, so the batch is one that divides them. */
    @ParameterizedTest
    @CsvSource({"1, 1", "2, 1", "2, 2", "3, 3", "4, 1", "8, 4"})
    void sharesAddUpToTheWhole(int threads, int batch) {
        List<Integer> seen = new ArrayList<>();
        StepCurve curve = shared(threads, batch, new Cancellation(), result -> seen.add(result.count()));
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
        StepCurve curve = shared(2, 8, new Cancellation());
        assertThat(curve.accuracy()).containsExactly(whole(1).accuracy());
        assertThat(curve.countedImages()).isEqualTo(20); // of 23, in batches of four
    }

    /** Threads read the weights of the runner: all that their backends hold beside it are activations. */
    @Test
    void weightsAreHeldOnce() {
        long parameters = network.weights().tensors().values().stream()
                .mapToLong(tensor -> tensor.values().length * (long) Float.BYTES)
                .sum();
        try (Backend backend = CpuBackend.open(Precision.F32, 4);
                NetworkRunner runner = new NetworkRunner(backend, network.network());
                DataPass pass = runner.pass(PassPlan.over(images, 4, STEPS), new Cancellation());
                BatchRuns runs = runner.batches(BatchPlan.logits(4, STEPS))) {
            long before = backend.memory().liveBytes();
            assertThat(before).isBetween(parameters, 2 * parameters);
            pass.curve(images);
            runs.run(SmallNetworks.exactImages(4, 4), 4, STEPS, new float[4 * SmallNetworks.CLASSES]);
            assertThat(backend.memory().liveBytes()).isEqualTo(before);
            assertThat(runner.memoryBytes()).isGreaterThan(before);
        }
    }

    /** One thread for each part that computes, at most as many as cores load. */
    @Test
    void loadersAreNoMoreThanCores() {
        int cores = Runtime.getRuntime().availableProcessors();
        List<Integer> loaders = new ArrayList<>();
        shared(
                cores,
                cores,
                new Cancellation(),
                result -> loaders.add((int) Thread.getAllStackTraces().keySet().stream()
                        .filter(thread -> thread.getName().startsWith("ambispike-batches"))
                        .count()));
        assertThat(loaders).isNotEmpty().allSatisfy(count -> assertThat(count).isLessThanOrEqualTo(cores));
    }

    @Test
    void whatStopsOneThreadStopsTheEvaluation() {
        Cancellation cancellation = new Cancellation();
        assertThatThrownBy(() -> shared(2, 2, cancellation, result -> cancellation.request()))
                .isInstanceOf(CancellationException.class);
        assertThatThrownBy(() -> shared(3, 3, new Cancellation(), result -> {
                    throw new IllegalStateException("observer");
                }))
                .isInstanceOf(IllegalStateException.class)
                .hasMessage("observer");
    }
}
