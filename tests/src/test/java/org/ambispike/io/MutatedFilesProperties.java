package org.ambispike.io;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ContainerNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.lifecycle.AfterContainer;
import net.jqwik.api.lifecycle.BeforeContainer;
import org.ambispike.cli.Inspect;
import org.ambispike.support.Mutations;

/** Whatever happens to a valid file, reading it gives something valid or an InputException, soon and in little memory. */
class MutatedFilesProperties {
    private static final JsonMapper JSON = new JsonMapper();
    private static final List<String> REPLACEMENTS = List.of(
            "null",
            "0",
            "-1",
            "1",
            "0.5",
            "2147483647",
            "9223372036854775807",
            "1e999",
            "true",
            "\"\"",
            "\"Linear\"",
            "\"image\"",
            "[]",
            "[null]",
            "[1,1,1]",
            "{}",
            "{\"Linear\":{\"inputs\":1,\"outputs\":1}}");

    private static Path folder;
    private static SavedModel model;
    private static byte[] stamped;
    private static byte[] unstamped;

    @BeforeContainer
    static void writeValidFiles() throws IOException {
        folder = Files.createTempDirectory("ambispike-mutants");
        model = SampleModels.random(20);
        Path file = folder.resolve("model");
        ModelFiles.write(file, model);
        stamped = Files.readAllBytes(file);
        // without its checksum, so that mutants reach the checks behind it
        Safetensors.write(file, SampleModels.unstamped(model), model.weights().tensors());
        unstamped = Files.readAllBytes(file);
        assertThat(ModelFiles.read(file).graph()).isEqualTo(model.graph());
    }

    @AfterContainer
    static void removeFolder() throws IOException {
        Files.delete(folder.resolve("model"));
        Files.delete(folder);
    }

    @Property(tries = 300)
    void changedBytesAreFoundByTheChecksum(@ForAll long seed) throws IOException {
        byte[] mutant = Mutations.of(stamped, stamped.length, new Random(seed));
        Path file = Files.write(folder.resolve("model"), mutant);
        boolean accepted = Resources.accepts(file, () -> ModelFiles.read(file));
        // what is accepted must be the same model: a change of blanks, say
        if (accepted) {
            assertThat(ModelFiles.read(file).weights().tensors())
                    .isEqualTo(model.weights().tensors());
            assertThat(ModelFiles.read(file).info()).isEqualTo(model.info());
        }
    }

    @Property(tries = 500)
    void changedHeadersAreRefusedOrValid(@ForAll long seed) throws IOException {
        int header = 8 + unstamped[0] + 256 * (unstamped[1] & 0xff);
        byte[] mutant = Mutations.of(unstamped, header, new Random(seed));
        Path file = Files.write(folder.resolve("model"), mutant);
        Resources.accepts(file, () -> ModelFiles.read(file));
        Resources.accepts(file, () -> Inspect.describe(file));
    }

    @Property(tries = 300)
    void changedJsonInTheMetadataIsRefusedOrValid(@ForAll long seed) throws IOException {
        Random random = new Random(seed);
        Map<String, String> metadata = SampleModels.unstamped(model);
        String part = random.nextBoolean() ? "graph" : "info";
        JsonNode tree = JSON.readTree(metadata.get(part));
        for (int changes = 1 + random.nextInt(3); changes > 0; changes--) {
            change(tree, random);
        }
        metadata.put(part, JSON.writeValueAsString(tree));
        Path file = folder.resolve("model");
        Safetensors.write(file, metadata, model.weights().tensors());
        Resources.accepts(file, () -> ModelFiles.read(file));
        Resources.accepts(file, () -> Inspect.describe(file));
    }

    private static void change(JsonNode tree, Random random) throws IOException {
        List<ContainerNode<?>> containers = new ArrayList<>();
        collect(tree, containers);
        ContainerNode<?> chosen = containers.get(random.nextInt(containers.size()));
        JsonNode value = JSON.readTree(REPLACEMENTS.get(random.nextInt(REPLACEMENTS.size())));
        if (chosen instanceof ArrayNode array && !array.isEmpty()) {
            int index = random.nextInt(array.size());
            switch (random.nextInt(3)) {
                case 0 -> array.remove(index);
                case 1 -> array.insert(index, array.get(random.nextInt(array.size())));
                default -> array.set(index, value);
            }
        } else if (chosen instanceof ObjectNode object && !object.isEmpty()) {
            List<String> names = new ArrayList<>();
            object.fieldNames().forEachRemaining(names::add);
            String name = names.get(random.nextInt(names.size()));
            switch (random.nextInt(4)) {
                case 0 -> object.remove(name);
                case 1 -> object.set("stray", value);
                default -> object.set(name, value);
            }
        }
    }

    private static void collect(JsonNode node, List<ContainerNode<?>> containers) {
        if (node instanceof ContainerNode<?> container) {
            containers.add(container);
        }
        node.forEach(child -> collect(child, containers));
    }
}
