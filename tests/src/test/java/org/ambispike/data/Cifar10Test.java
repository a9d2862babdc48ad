package org.ambispike.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.ambispike.support.RealData;
import org.junit.jupiter.api.Test;

class Cifar10Test {
    private static final String PUBLISHED_TEST = "8e2eb146ae340b09e24670f29cabc6326dba54da8789dab6768acf480273f65b";
    private static final String COPIED_TEST = "7e26274c054db219f44cac738a51b81be4d274f148e0f2ce07d9e44acb14e19b";

    @Test
    void namesImagesByTheChecksumsOfTheirFiles() {
        assertThat(Cifar10.name(Map.of("test_batch.bin", PUBLISHED_TEST))).contains("CIFAR-10");
        assertThat(Cifar10.name(Map.of("test_batch.bin", COPIED_TEST))).contains("CIFAR-10 (JPEG q75)");
        assertThat(Cifar10.name(Map.of("data_batch_1.bin", PUBLISHED_TEST))).isEmpty();
        assertThat(Cifar10.name(Map.of("test_batch.bin", PUBLISHED_TEST, "data_batch_1.bin", "0")))
                .isEmpty();
    }

    @Test
    void namesBelongToPublishedSets() {
        assertThat(Published.of("CIFAR-10")).contains(Published.CIFAR_10);
        assertThat(Published.of("CIFAR-10 (JPEG q75)")).contains(Published.CIFAR_10);
        assertThat(Published.of("Fashion-MNIST")).contains(Published.FASHION_MNIST);
        assertThat(Published.of("photos")).isEmpty();
    }

    @Test
    void readsTheRealImages() {
        Path folder = RealData.cifar10Folder();
        ImageSource source = Published.CIFAR_10.source(folder);
        Dataset test = source.load(Split.TEST, List.of());
        Dataset training = source.load(Split.TRAIN, List.of());
        assertThat(test.size()).isEqualTo(10_000);
        assertThat(training.size()).isEqualTo(50_000);
        assertThat(Published.of(training.name())).isEqualTo(Optional.of(Published.CIFAR_10));
        int[] counts = new int[10];
        for (int index = 0; index < training.size(); index++) {
            counts[training.label(index)]++;
        }
        assertThat(counts).containsOnly(5_000);
        for (int channel = 0; channel < 3; channel++) {
            // JPEG's colour differs a little from the published one
            assertThat(training.measuredNormalisation().mean().get(channel))
                    .isCloseTo(Cifar10.NORMALISATION.mean().get(channel), within(0.01f));
            assertThat(training.measuredNormalisation().deviation().get(channel))
                    .isCloseTo(Cifar10.NORMALISATION.deviation().get(channel), within(0.01f));
        }
    }
}
