package org.ambispike.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.sun.management.ThreadMXBean;
import java.lang.management.ManagementFactory;
import org.ambispike.support.RealData;
import org.junit.jupiter.api.Test;

/** The real images: what is in them, and how fast they come. */
class FashionMnistDataTest {
    private static final int BATCH = 128;

    @Test
    void hasBalancedClasses() {
        checkClasses(RealData.fashionMnist(Split.TRAIN), 60_000);
        checkClasses(RealData.fashionMnist(Split.TEST), 10_000);
    }

    private static void checkClasses(Dataset dataset, int size) {
        assertThat(dataset.size()).isEqualTo(size);
        int[] counts = new int[dataset.classes()];
        for (int i = 0; i < size; i++) {
            counts[dataset.label(i)]++;
        }
        assertThat(counts).hasSize(10).containsOnly(size / 10);
    }

    @Test
    void hasTheMeanAndDeviationThatNormaliseIt() {
        Dataset dataset = RealData.fashionMnist(Split.TRAIN);
        long sum = 0;
        long squares = 0;
        int length = 28 * 28;
        for (int image = 0; image < dataset.size(); image++) {
            for (byte value : dataset.image(image)) {
                int pixel = Byte.toUnsignedInt(value);
                sum += pixel;
                squares += (long) pixel * pixel;
            }
        }
        double count = (double) dataset.size() * length;
        double mean = sum / count;
        double deviation = Math.sqrt(squares / count - mean * mean);
        assertThat(mean / 255).isCloseTo(dataset.normalisation().mean().get(0), within(5e-5));
        assertThat(deviation / 255)
                .isCloseTo(dataset.normalisation().deviation().get(0), within(5e-5));
    }

    @Test
    void preparesBatchesWithoutGarbage() {
        Dataset dataset = RealData.fashionMnist(Split.TRAIN);
        BatchSource source =
                new BatchSource(dataset, BatchOptions.training(BATCH, Augmentation.shiftAndFlip(2, true), 1));
        Batch batch = source.newBatch();
        fillEpoch(source, batch, 0);
        ThreadMXBean thread = (ThreadMXBean) ManagementFactory.getThreadMXBean();
        long before = thread.getCurrentThreadAllocatedBytes();
        long start = System.nanoTime();
        fillEpoch(source, batch, 1);
        double seconds = (System.nanoTime() - start) * 1e-9;
        long allocated = thread.getCurrentThreadAllocatedBytes() - before;
        System.out.printf(
                "shifted, flipped and normalised: %.0f images/s on one thread%n", source.batches() * BATCH / seconds);
        assertThat(allocated / source.batches())
                .as("bytes allocated for a batch")
                .isLessThan(BATCH * 784 * 4 / 10);
    }

    private static void fillEpoch(BatchSource source, Batch batch, int epoch) {
        BatchSource.Epoch begun = source.begin(epoch);
        BatchSource.Filler filler = source.new Filler();
        for (int index = 0; index < source.batches(); index++) {
            filler.fill(begun, index, batch);
        }
    }

    @Test
    void yieldsNormalisedImages() {
        Dataset dataset = RealData.fashionMnist(Split.TEST);
        double sum = 0;
        double squares = 0;
        long count = 0;
        try (Batches batches = Batches.open(dataset, BatchOptions.inOrder(300))) {
            batches.start(0);
            while (batches.advance()) {
                Batch batch = batches.current();
                for (int i = 0; i < batch.count() * dataset.imageLength(); i++) {
                    float value = batch.images()[i];
                    sum += value;
                    squares += value * value;
                    count++;
                }
            }
        }
        assertThat(count).isEqualTo(7_840_000);
        assertThat(sum / count).isCloseTo(0, within(0.01));
        assertThat(squares / count).isCloseTo(1, within(0.02));
    }
}
