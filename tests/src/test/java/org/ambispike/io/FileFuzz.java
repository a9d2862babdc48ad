package org.ambispike.io;

import com.code_intelligence.jazzer.junit.FuzzTest;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import org.ambispike.cli.Inspect;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;

/**
 * Any bytes are read or refused with one line that names the file, in bounded time and memory. Without
 * {@code JAZZER_FUZZ=1} these run once for each file of the corpus, which lies among the resources.
 */
class FileFuzz {
    private static Path file;

    /** Jazzer rewrites each class when it is loaded, at a greater cost than any file's; so all are loaded before. */
    @BeforeAll
    static void makeFileAndLoadClasses() throws IOException {
        file = Files.createTempFile("ambispike", ".safetensors");
        ModelFiles.write(file, SampleModels.random(0));
        Resources.warmUp(() -> Inspect.describe(file));
        byte[] bytes = Files.readAllBytes(file);
        Files.write(file, Arrays.copyOf(bytes, bytes.length - 1));
        Resources.warmUp(() -> Inspect.describe(file));
    }

    @AfterAll
    static void removeFile() throws IOException {
        Files.delete(file);
    }

    @FuzzTest(maxDuration = "5m")
    void safetensors(byte[] bytes) throws IOException {
        Files.write(file, bytes);
        Resources.accepts(file, () -> {
            try (SafetensorsReader reader = SafetensorsReader.open(file)) {
                reader.header().entries().values().forEach(reader::read);
            }
        });
    }

    @FuzzTest(maxDuration = "5m")
    void model(byte[] bytes) throws IOException {
        Files.write(file, bytes);
        if (Resources.accepts(file, () -> ModelFiles.read(file))) {
            Inspect.describe(file);
        }
    }

    @FuzzTest(maxDuration = "5m")
    void graph(byte[] json) {
        try {
            GraphJson.write(GraphJson.read(new String(json, StandardCharsets.UTF_8)));
        } catch (IllegalArgumentException e) {
            e.getMessage().lines().findFirst().orElseThrow();
        }
    }
}
