package org.ambispike.guide;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.FloatBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.stream.Collectors;
import org.ambispike.Prediction;
import org.ambispike.SpikingModel;
import org.ambispike.SpikingResult;
import org.ambispike.data.Dataset;
import org.ambispike.io.ModelFiles;
import org.ambispike.io.SavedModel;
import org.ambispike.support.RealData;
import org.ambispike.support.SmallNetworks;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The Java in the documentation compiles, and does what it says. */
class EmbeddingGuideTest {
    @TempDir
    private Path folder;

    private final SpikingModel model = SpikingModel.of(SmallNetworks.random(3));

    private static String stripped(String code) {
        return code.lines().map(String::strip).collect(Collectors.joining("\n"));
    }

    private static List<String> javaBlocks(Path file) throws IOException {
        List<String> blocks = new ArrayList<>();
        String[] parts = Files.readString(file).split("```java\n");
        for (int index = 1; index < parts.length; index++) {
            blocks.add(parts[index].substring(0, parts[index].indexOf("```")).stripTrailing());
        }
        return blocks;
    }

    @ParameterizedTest
    @CsvSource({"README.md,1", "docs/embedding.md,10"})
    void codeInTheDocumentationIsThatOfTheExamples(String file, int blocks) throws IOException {
        Path root = RealData.checkout();
        String examples = stripped(
                Files.readString(root.resolve("tests/src/test/java/org/ambispike/guide/EmbeddingExamples.java")));
        assertThat(javaBlocks(root.resolve(file))).hasSize(blocks).allSatisfy(block -> assertThat(examples)
                .contains(stripped(block)));
    }

    private static FloatBuffer pixels(int images) {
        SplittableRandom random = new SplittableRandom(images);
        FloatBuffer pixels = FloatBuffer.allocate(Math.toIntExact(images * SmallNetworks.IMAGE.elements()));
        for (int index = 0; index < pixels.capacity(); index++) {
            pixels.put(index, random.nextInt(256));
        }
        return pixels;
    }

    @Test
    void theExamplesAgree() {
        FloatBuffer images = pixels(3);
        SpikingResult result = EmbeddingExamples.run(model, images.array());
        assertThat(result.images()).isEqualTo(3);
        assertThat(EmbeddingExamples.pool(model, images).logits()).isEqualTo(result.logits());
        byte[] bytes = new byte[images.capacity()];
        for (int index = 0; index < bytes.length; index++) {
            bytes[index] = (byte) images.get(index);
        }
        assertThat(EmbeddingExamples.gather(model, bytes))
                .hasSize(3)
                .first()
                .extracting(Prediction::label)
                .isEqualTo(result.label(0));
        float[] served = new float[3 * SmallNetworks.CLASSES];
        EmbeddingExamples.serve(model, images).get(0, served);
        assertThat(served).isEqualTo(result.logits());
        assertThat(EmbeddingExamples.stream(model, images)).isBetween(1, 8);
        assertThat(EmbeddingExamples.exit(model, images)).isBetween(2.0, 8.0);
        assertThat(EmbeddingExamples.trace(model, images))
                .hasSize(8)
                .last()
                .asString()
                .matches("act2, step 4: [1-9]\\d* negative spikes");
        assertThat(EmbeddingExamples.rates(model, images)).hasSize(2).allSatisfy(layer -> assertThat(layer.positive())
                .isStrictlyBetween(0.0, 1.0));
    }

    @Test
    void aNetworkIsConvertedAndWritten() {
        SavedModel ann = SmallNetworks.clippedAnn(2);
        Path file = folder.resolve("ann.safetensors");
        Path target = folder.resolve("snn.safetensors");
        ModelFiles.write(file, ann);
        SpikingModel calibrated = EmbeddingExamples.convert(file, target, dataset(ann, 300), dataset(ann, 50));
        assertThat(SpikingModel.load(target).saved().weights().tensors())
                .isEqualTo(calibrated.saved().weights().tensors());
        assertThat(calibrated.calibratedFor()).containsExactly(2, 4);
    }

    private static Dataset dataset(SavedModel ann, int images) {
        byte[] pixels = new byte[images * Math.toIntExact(SmallNetworks.IMAGE.elements())];
        int[] labels = new int[images];
        SplittableRandom random = new SplittableRandom(images);
        random.nextBytes(pixels);
        for (int index = 0; index < images; index++) {
            labels[index] = random.nextInt(SmallNetworks.CLASSES);
        }
        return Dataset.of(
                "noise",
                SmallNetworks.IMAGE,
                pixels,
                labels,
                ann.info().classNames(),
                ann.info().normalisation());
    }
}
