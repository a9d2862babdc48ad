package org.ambispike.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.IntConsumer;
import java.util.stream.IntStream;
import org.ambispike.common.InputException;
import org.ambispike.graph.Normalisation;
import org.ambispike.graph.Shape;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@Timeout(value = 60, unit = TimeUnit.SECONDS, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class BatchesTest {
    /** Two channels, mean 0 and 1, deviation 1 and 0.5: a pixel p becomes p/255 and (p/255 - 1)/0.5. */
    private static final Normalisation NORMALISATION = new Normalisation(List.of(0f, 1f), List.of(1f, 0.5f));

    @Test
    void normalisesIntoChannelsInnermost() {
        Dataset dataset = dataset(2);
        try (Batches batches = Batches.open(dataset, BatchOptions.inOrder(2))) {
            batches.start(0);
            assertThat(batches.advance()).isTrue();
            Batch batch = batches.current();
            assertThat(batch.count()).isEqualTo(2);
            assertThat(batch.imageShape()).isEqualTo(Shape.of(1, 2, 2));
            assertThat(batch.labels()).containsExactly(0, 1);
            float[] expected = new float[8];
            for (int i = 0; i < 8; i++) {
                expected[i] = i % 2 == 0 ? i / 255f : (i / 255f - 1) / 0.5f;
            }
            assertThat(batch.images()).containsExactly(expected, within(1e-6f));
            assertThat(batches.advance()).isFalse();
            assertThat(batches.advance()).isFalse();
        }
    }

    @Test
    void keepsOrDropsThePartialBatch() {
        Dataset dataset = dataset(10);
        try (Batches kept = Batches.open(dataset, BatchOptions.inOrder(4));
                Batches dropped = Batches.open(dataset, options(4, false, true, 0))) {
            assertThat(kept.perEpoch()).isEqualTo(3);
            assertThat(epoch(kept, 0)).containsExactlyElementsOf(range(10));
            assertThat(dropped.perEpoch()).isEqualTo(2);
            assertThat(epoch(dropped, 0)).containsExactlyElementsOf(range(8));
        }
    }

    @Test
    void leavesNothingOfOlderBatchesInAPartialOne() {
        try (Batches batches = Batches.open(dataset(30), BatchOptions.inOrder(4))) {
            for (int epoch = 0; epoch < 3; epoch++) {
                batches.start(epoch);
                while (batches.advance()) {
                    Batch batch = batches.current();
                    if (batch.count() == 2) {
                        assertThat(Arrays.copyOfRange(batch.images(), 8, 16)).containsOnly(0);
                        assertThat(Arrays.copyOfRange(batch.labels(), 2, 4)).containsOnly(0);
                    }
                }
            }
        }
    }

    @Test
    void shufflesEveryImageOnceAndEachEpochAnew() {
        try (Batches batches = Batches.open(dataset(100), options(7, true, false, 1))) {
            List<Integer> first = epoch(batches, 0);
            List<Integer> second = epoch(batches, 1);
            assertThat(first).containsExactlyInAnyOrderElementsOf(range(100)).isNotEqualTo(range(100));
            assertThat(second).containsExactlyInAnyOrderElementsOf(range(100)).isNotEqualTo(first);
        }
    }

    @Test
    void shufflesWithoutPreference() {
        int[] first = new int[5];
        try (Batches batches = Batches.open(dataset(5), options(5, true, true, 3))) {
            for (int epoch = 0; epoch < 5000; epoch++) {
                first[epoch(batches, epoch).get(0)]++;
            }
        }
        // binomial with mean 1000 and deviation 28
        assertThat(first).satisfies(counts -> assertThat(Arrays.stream(counts).boxed())
                .allSatisfy(count -> assertThat(count).isCloseTo(1000, within(150))));
    }

    @Test
    void anEpochDependsOnSeedAndNumberAlone() {
        BatchOptions options = new BatchOptions(8, true, false, Augmentation.shiftAndFlip(0, true), 42);
        List<Float> straight;
        try (Batches batches = Batches.open(dataset(50), options)) {
            epoch(batches, 0);
            epoch(batches, 1);
            straight = values(batches, 2);
        }
        try (Batches resumed = Batches.open(dataset(50), options);
                Batches otherSeed = Batches.open(dataset(50), options(8, true, false, 43))) {
            assertThat(values(resumed, 2)).isEqualTo(straight);
            assertThat(epoch(otherSeed, 2)).isNotEqualTo(epoch(resumed, 2));
        }
    }

    @Test
    void startDropsWhatIsLeftOfAnEpoch() {
        try (Batches batches = Batches.open(dataset(40), BatchOptions.inOrder(3))) {
            for (int epoch = 0; epoch < 200; epoch++) {
                batches.start(epoch);
                for (int i = 0; i < epoch % 5; i++) {
                    assertThat(batches.advance()).isTrue();
                }
            }
            assertThat(epoch(batches, 200)).containsExactlyElementsOf(range(40));
        }
    }

    @Test
    void reusesAFewBatches() {
        try (Batches batches = Batches.open(dataset(100), BatchOptions.inOrder(2))) {
            List<Batch> seen = new ArrayList<>();
            batches.start(0);
            while (batches.advance()) {
                seen.add(batches.current());
            }
            assertThat(seen).hasSize(50);
            assertThat(seen.stream().distinct().count()).isBetween(1L, 4L);
        }
    }

    @Test
    void closesInTheMiddleAndEndsItsThread() {
        for (int taken = 0; taken < 5; taken++) {
            Batches batches = Batches.open(dataset(1000), BatchOptions.inOrder(1));
            batches.start(0);
            for (int i = 0; i < taken; i++) {
                batches.advance();
            }
            batches.close();
            batches.close();
            assertThat(workers()).isZero();
            assertThatIllegalStateException().isThrownBy(batches::advance).withMessage("the batches are closed");
            assertThatIllegalStateException().isThrownBy(() -> batches.start(1));
            assertThatIllegalStateException().isThrownBy(batches::current);
        }
    }

    @Test
    void readersTogetherHaveNoMoreWorkersThanThereAreCores() {
        for (int cores = 1; cores <= 128; cores++) {
            assertThat(Batches.workersOf(1, cores)).isEqualTo(Math.max(1, Math.min(16, cores / 2)));
            for (int readers = 1; readers <= 200; readers++) {
                assertThat(readers * Batches.workersOf(readers, cores)).isLessThanOrEqualTo(cores);
            }
        }
        assertThatIllegalArgumentException().isThrownBy(() -> Batches.workersOf(0));
    }

    @Test
    void withoutWorkersTheReaderPreparesBatches() {
        try (Batches batches = Batches.open(dataset(7), BatchOptions.inOrder(2), 0)) {
            assertThat(workers()).isZero();
            assertThat(epoch(batches, 0)).containsExactlyElementsOf(range(7));
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1})
    void aFailureOfPreparationReachesTheConsumer(int workers) {
        RuntimeException cause = new IllegalArgumentException("no such image");
        Dataset failing = before(image -> {
            if (image == 4) {
                throw cause;
            }
        });
        try (Batches batches = Batches.open(failing, BatchOptions.inOrder(2), workers)) {
            batches.start(5);
            assertThat(batches.advance()).isTrue();
            assertThat(batches.advance()).isTrue();
            assertThatThrownBy(batches::advance)
                    .isInstanceOf(IllegalStateException.class)
                    .hasMessageContaining("epoch 5")
                    .hasMessageContaining("no such image")
                    .hasCause(cause);
            batches.start(6);
            assertThatIllegalStateException().isThrownBy(batches::advance);
        }
        assertThat(workers()).isZero();
    }

    @Test
    void manyWorkersGiveTheSameBatchesInTheSameOrder() {
        Dataset dataset = dataset(101);
        BatchOptions options = new BatchOptions(4, true, false, Augmentation.shiftAndFlip(0, true), 9);
        try (Batches one = Batches.open(dataset, options, 1);
                Batches none = Batches.open(dataset, options, 0);
                Batches many = Batches.open(dataset, options, 7)) {
            for (int epoch = 0; epoch < 20; epoch++) {
                assertThat(values(many, epoch)).isEqualTo(values(one, epoch));
                assertThat(values(none, epoch)).isEqualTo(values(one, epoch));
            }
            // an epoch that is left early does not leak into the next
            many.start(3);
            assertThat(many.advance()).isTrue();
            assertThat(values(many, 4)).isEqualTo(values(one, 4));
        }
        assertThatIllegalArgumentException().isThrownBy(() -> Batches.open(dataset, options, -1));
        assertThat(workers()).isZero();
    }

    @Test
    void anInterruptedConsumerStopsWaiting() {
        CountDownLatch released = new CountDownLatch(1);
        Dataset slow = before(image -> {
            try {
                released.await();
            } catch (InterruptedException e) {
                throw new IllegalStateException(e);
            }
        });
        try (Batches batches = Batches.open(slow, BatchOptions.inOrder(2), 1)) {
            batches.start(0);
            Thread.currentThread().interrupt();
            assertThatThrownBy(batches::advance)
                    .isInstanceOf(CancellationException.class)
                    .hasCauseInstanceOf(InterruptedException.class);
            assertThat(Thread.interrupted()).isTrue();
            released.countDown();
            assertThat(batches.advance()).isTrue();
        }
    }

    @Test
    void refusesWhatCannotYieldABatch() {
        assertThatThrownBy(() -> Batches.open(dataset(3), options(4, true, true, 0)))
                .isInstanceOf(InputException.class)
                .hasMessageContaining("a batch of 4 images is larger than the 3 images of tiny");
        assertThatIllegalArgumentException().isThrownBy(() -> BatchOptions.inOrder(0));
        BatchOptions shifted = BatchOptions.training(1, Augmentation.shiftAndFlip(3, false), 0);
        assertThatIllegalArgumentException().isThrownBy(() -> Batches.open(dataset(3), shifted));
        try (Batches batches = Batches.open(dataset(3), BatchOptions.inOrder(1))) {
            assertThat(batches.advance()).isFalse();
            assertThatIllegalArgumentException().isThrownBy(() -> batches.start(-1));
        }
    }

    private static BatchOptions options(int size, boolean shuffle, boolean dropLast, long seed) {
        return new BatchOptions(size, shuffle, dropLast, Augmentation.none(), seed);
    }

    /** Up to 128 images [1, 2, 2] of which each has its index as its label. */
    private static Dataset dataset(int size) {
        int[] labels = new int[size];
        for (int i = 0; i < size; i++) {
            labels[i] = (i % 128);
        }
        List<String> classes =
                IntStream.range(0, 128).mapToObj(Integer::toString).toList();
        return Dataset.of("tiny", Shape.of(1, 2, 2), IdxFiles.ramp(4 * size), labels, classes, NORMALISATION);
    }

    private static List<Integer> range(int size) {
        return IntStream.range(0, size).boxed().toList();
    }

    private static List<Integer> epoch(Batches batches, int epoch) {
        List<Integer> labels = new ArrayList<>();
        batches.start(epoch);
        while (batches.advance()) {
            Batch batch = batches.current();
            for (int i = 0; i < batch.count(); i++) {
                labels.add(batch.labels()[i]);
            }
        }
        return labels;
    }

    private static List<Float> values(Batches batches, int epoch) {
        List<Float> values = new ArrayList<>();
        batches.start(epoch);
        while (batches.advance()) {
            for (float value : batches.current().images()) {
                values.add(value);
            }
        }
        return values;
    }

    private static long workers() {
        return Thread.getAllStackTraces().keySet().stream()
                .filter(thread -> thread.getName().startsWith("ambispike-batches"))
                .count();
    }

    /** Twenty images; {@code check} is called with the index of each before it is read. */
    private static Dataset before(IntConsumer check) {
        PixelSource pixels = new PixelSource() {
            @Override
            public Shape shape() {
                return Shape.of(1, 2, 2);
            }

            @Override
            public int size() {
                return 20;
            }

            @Override
            public void copy(int index, byte[] target) {
                check.accept(index);
            }
        };
        return Dataset.unlabelled("checked", pixels, NORMALISATION);
    }
}
