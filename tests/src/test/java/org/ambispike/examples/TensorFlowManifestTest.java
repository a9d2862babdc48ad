package org.ambispike.examples;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.ambispike.common.InputException;
import org.ambispike.graph.HostTensor;
import org.ambispike.graph.Shape;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TensorFlowManifestTest {
    @TempDir
    private Path folder;

    private Path manifest;

    /** Floats, bytes that go over the end of a file, and shorts. */
    @BeforeEach
    void write() throws Exception {
        manifest = folder.resolve("manifest.json");
        Files.writeString(
                manifest,
                """
                [{"weights": [
                    {"name": "a/plain", "shape": [2], "dtype": "float32"},
                    {"name": "a/bytes", "shape": [1, 3], "dtype": "float32",
                     "quantization": {"dtype": "uint8", "scale": 0.5, "min": -1}},
                    {"name": "a/shorts", "shape": [], "dtype": "float32",
                     "quantization": {"dtype": "uint16", "scale": 0.25, "min": 2.0}}],
                  "paths": ["one.bin", "two.bin"]}]
                """);
        ByteBuffer data = ByteBuffer.allocate(13).order(ByteOrder.LITTLE_ENDIAN);
        data.putFloat(1.5f)
                .putFloat(-2f)
                .put((byte) 0)
                .put((byte) 255)
                .put((byte) 4)
                .putShort((short) 40_000);
        Files.write(folder.resolve("one.bin"), java.util.Arrays.copyOf(data.array(), 9));
        Files.write(folder.resolve("two.bin"), java.util.Arrays.copyOfRange(data.array(), 9, 13));
    }

    @Test
    void readsPlainAndQuantisedWeightsFromSeveralFiles() {
        Map<String, HostTensor> weights = TensorFlowManifest.read(manifest);
        assertThat(weights.keySet()).containsExactly("a/plain", "a/bytes", "a/shorts");
        assertThat(weights.get("a/plain").values()).containsExactly(1.5f, -2f);
        assertThat(weights.get("a/bytes").shape()).isEqualTo(Shape.of(1, 3));
        assertThat(weights.get("a/bytes").values()).containsExactly(-1f, 126.5f, 1f);
        assertThat(weights.get("a/shorts").values()).containsExactly(10_002f);
    }

    @Test
    void filesOfAnotherSizeAreRefused() throws Exception {
        Files.write(folder.resolve("two.bin"), new byte[3]);
        refused("end within 'a/shorts'");
        Files.write(folder.resolve("two.bin"), new byte[5]);
        refused("1 bytes too many");
    }

    @Test
    void whatIsNoManifestIsRefused() throws Exception {
        for (String text : new String[] {"", "{}", "[1]", "[{\"weights\": 3}]", "[{\"paths\": []}]", "[{", "[]]"}) {
            Files.writeString(manifest, text);
            refused("cannot be read as weights of TensorFlow.js");
        }
    }

    private void refused(String why) {
        assertThatThrownBy(() -> TensorFlowManifest.read(manifest))
                .isInstanceOf(InputException.class)
                .hasMessageContaining(manifest.toString())
                .hasMessageContaining(why);
    }
}
