package org.ambispike.support;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.Arrays;
import org.ambispike.backend.Backend;
import org.ambispike.exec.ExecutionOptions;
import org.ambispike.exec.Executor;
import org.ambispike.exec.ParameterStore;
import org.ambispike.graph.Network;

/** Step by step what a pass over all steps gives: images that go on are moved, and what layers keep goes with them. */
public final class StreamedRun {
    private StreamedRun() {}

    /**
     * Runs images twice: two steps of all, one of the second and the third, moved to the front, and the rest of the third alone, in a
     * smaller executor.
     *
     * @param images [count, H, W, C], of 3 or more images
     * @param whole [T, count, results], T at least 4
     */
    public static void assertIsTheWholePass(
            Backend backend, Network network, float[] images, float[] whole, float error) {
        int size = Math.toIntExact(network.graph().inputShape().elements());
        int count = images.length / size;
        int width = network.graph().classes();
        int steps = whole.length / (count * width);
        int[] all = new int[count];
        Arrays.setAll(all, index -> index);
        try (ParameterStore store = ParameterStore.create(backend, network.graph(), network.weights(), false);
                Executor large = Executor.plan(backend, network.graph(), store, ExecutionOptions.streaming(count));
                Executor small = Executor.plan(backend, network.graph(), store, ExecutionOptions.streaming(2))) {
            Rows rows = new Rows(backend, whole, count, width, error);
            small.input(Arrays.copyOf(images, 2 * size), 2);
            small.forward(); // what it keeps must go
            for (int run = 0; run < 2; run++) {
                large.input(images, count);
                for (int step = 0; step < 2; step++) {
                    large.forward();
                    rows.assertSame(large, step, all);
                }
                large.takeOver(large, new int[] {1, 2}, 2);
                large.forward();
                rows.assertSame(large, 2, 1, 2);
                small.takeOver(large, new int[] {1}, 1);
                for (int step = 3; step < steps; step++) {
                    small.forward();
                    rows.assertSame(small, step, 2);
                }
            }
        }
    }

    private record Rows(Backend backend, float[] whole, int count, int width, float error) {
        void assertSame(Executor executor, int step, int... images) {
            float[] results = new float[images.length * width];
            backend.memory().download(executor.finalLogits(), results, 0, results.length);
            for (int index = 0; index < images.length; index++) {
                int first = (step * count + images[index]) * width;
                assertThat(Arrays.copyOfRange(results, index * width, (index + 1) * width))
                        .as("step %d, image %d", step + 1, images[index])
                        .containsExactly(Arrays.copyOfRange(whole, first, first + width), within(error));
            }
        }
    }
}
