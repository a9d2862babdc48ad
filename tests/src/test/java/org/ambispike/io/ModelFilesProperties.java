package org.ambispike.io;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.lifecycle.AfterContainer;
import net.jqwik.api.lifecycle.BeforeContainer;
import org.ambispike.graph.HostTensor;
import org.ambispike.graph.Shape;
import org.ambispike.graph.Weights;

/** Saving and loading is identity, and equal content gives equal bytes. */
class ModelFilesProperties {
    private static Path folder;

    @BeforeContainer
    static void makeFolder() throws IOException {
        folder = Files.createTempDirectory("ambispike-models");
    }

    @AfterContainer
    static void removeFolder() throws IOException {
        try (var files = Files.list(folder)) {
            for (Path file : files.toList()) {
                Files.delete(file);
            }
        }
        Files.delete(folder);
    }

    @Property(tries = 100)
    void aModelIsReadAsItWasWritten(@ForAll long seed) {
        SavedModel model = SampleModels.random(seed);
        Path file = folder.resolve("model.safetensors");
        ModelFiles.write(file, model);
        SavedModel read = ModelFiles.read(file);
        assertThat(read.graph()).isEqualTo(model.graph());
        assertThat(read.info()).isEqualTo(model.info());
        assertThat(new ArrayList<>(read.info().provenance().keySet()))
                .isEqualTo(new ArrayList<>(model.info().provenance().keySet()));
        assertThat(new ArrayList<>(read.weights().tensors().entrySet()))
                .isEqualTo(new ArrayList<>(model.weights().tensors().entrySet()));
        assertThat(read.kind()).isEqualTo(model.graph().isSpiking() ? "snn" : "ann");
    }

    @Property(tries = 100)
    void equalModelsGiveEqualBytesInWhateverOrderTheirWeightsCome(@ForAll long seed) throws IOException {
        SavedModel model = SampleModels.random(seed);
        List<String> names = new ArrayList<>(model.weights().tensors().keySet());
        Collections.shuffle(names, new Random(seed));
        Map<String, HostTensor> shuffled = new LinkedHashMap<>();
        names.forEach(name -> shuffled.put(name, model.weights().get(name).copy()));
        ModelFiles.write(folder.resolve("first"), model);
        ModelFiles.write(folder.resolve("second"), new SavedModel(model.graph(), new Weights(shuffled), model.info()));
        ModelFiles.write(folder.resolve("third"), ModelFiles.read(folder.resolve("first")));
        byte[] bytes = Files.readAllBytes(folder.resolve("first"));
        assertThat(Files.readAllBytes(folder.resolve("second"))).isEqualTo(bytes);
        assertThat(Files.readAllBytes(folder.resolve("third"))).isEqualTo(bytes);
    }

    @Property(tries = 100)
    void aCheckpointIsReadAsItWasWritten(
            @ForAll Map<String, String> state, @ForAll @IntRange(max = 5) int count, @ForAll long seed) {
        Random random = new Random(seed);
        Map<String, HostTensor> tensors = new TreeMap<>();
        for (int i = 0; i < count; i++) {
            // beyond one chunk now and then
            Shape shape = Shape.of(1 + random.nextInt(3), 1 + random.nextInt(20_000));
            tensors.put("moment " + random.nextInt(), SampleModels.tensor(random, shape));
        }
        Map<String, String> encodable = new LinkedHashMap<>();
        state.forEach((key, value) -> encodable.put(withoutLoneSurrogates(key), withoutLoneSurrogates(value)));
        Checkpoint checkpoint = new Checkpoint(encodable, tensors);
        Path file = folder.resolve("checkpoint.safetensors");
        CheckpointFiles.write(file, checkpoint);
        assertThat(CheckpointFiles.exists(file)).isTrue();
        Checkpoint read = CheckpointFiles.read(file);
        assertThat(read).isEqualTo(checkpoint);
        assertThat(new ArrayList<>(read.state().keySet())).isEqualTo(new ArrayList<>(encodable.keySet()));
        CheckpointFiles.delete(file);
        assertThat(CheckpointFiles.exists(file)).isFalse();
    }

    private static String withoutLoneSurrogates(String text) {
        return text.replaceAll("\\p{Cs}", "?");
    }
}
