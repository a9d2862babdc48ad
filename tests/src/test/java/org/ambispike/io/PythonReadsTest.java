package org.ambispike.io;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What we write, Python reads: with its own json and struct always, with its safetensors package where it is there. */
class PythonReadsTest {
    private static final SavedModel MODEL = SampleModels.random(11);

    /** Set to a Python that has the safetensors and numpy packages. */
    private static final String PYTHON = System.getenv().getOrDefault("AMBISPIKE_PYTHON", "python3");

    private static final String PLAIN =
            """
            import json, struct, sys
            data = open(sys.argv[1], 'rb').read()
            length, = struct.unpack('<Q', data[:8])
            assert (8 + length) % 8 == 0
            header = json.loads(data[8:8 + length])
            metadata = header.pop('__metadata__')
            assert all(type(value) is str for value in metadata.values())
            nodes = json.loads(metadata['graph'])
            print('nodes', *[node['name'] for node in nodes])
            for name in sorted(header):
                begin, end = header[name]['data_offsets']
                assert header[name]['dtype'] == 'F32'
                values = struct.unpack('<%df' % ((end - begin) // 4), data[8 + length + begin:8 + length + end])
                bits = [struct.pack('>f', value).hex() for value in values]
                print(name, 'x'.join(map(str, header[name]['shape'])), *bits)
            """;

    private static final String PACKAGE =
            """
            import json, sys
            from safetensors import safe_open
            with safe_open(sys.argv[1], framework='numpy') as file:
                nodes = json.loads(file.metadata()['graph'])
                print('nodes', *[node['name'] for node in nodes])
                for name in sorted(file.keys()):
                    tensor = file.get_tensor(name)
                    hexes = tensor.astype('>f4').tobytes().hex()
                    bits = [hexes[i:i + 8] for i in range(0, len(hexes), 8)]
                    print(name, 'x'.join(map(str, tensor.shape)), *bits)
            """;

    @TempDir
    Path folder;

    @Test
    void plainPythonReadsAModel() throws Exception {
        Assumptions.assumeTrue(runs("pass"), "no " + PYTHON + " to read the file with");
        assertThat(read(PLAIN)).isEqualTo(expected());
    }

    @Test
    void theSafetensorsPackageReadsAModel() throws Exception {
        Assumptions.assumeTrue(
                runs("import safetensors, numpy"),
                PYTHON + " has no safetensors and numpy packages; set AMBISPIKE_PYTHON to one that has");
        assertThat(read(PACKAGE)).isEqualTo(expected());
    }

    private static String expected() {
        String nodes =
                MODEL.graph().nodes().stream().map(node -> " " + node.name()).collect(Collectors.joining());
        return "nodes" + nodes + "\n"
                + MODEL.weights().tensors().entrySet().stream()
                        .sorted(Map.Entry.comparingByKey())
                        .map(entry -> entry.getKey() + " "
                                + Arrays.stream(entry.getValue().shape().toArray())
                                        .mapToObj(String::valueOf)
                                        .collect(Collectors.joining("x"))
                                + hex(entry.getValue().values()) + "\n")
                        .collect(Collectors.joining());
    }

    private static String hex(float[] values) {
        StringBuilder text = new StringBuilder();
        for (float value : values) {
            text.append(String.format(" %08x", Float.floatToRawIntBits(value)));
        }
        return text.toString();
    }

    private String read(String script) throws Exception {
        Path file = folder.resolve("model.safetensors");
        ModelFiles.write(file, MODEL);
        Path program = Files.writeString(folder.resolve("read.py"), script);
        Process process = new ProcessBuilder(List.of(PYTHON, program.toString(), file.toString()))
                .redirectErrorStream(true)
                .start();
        try (InputStream output = process.getInputStream()) {
            String text = new String(output.readAllBytes(), StandardCharsets.UTF_8);
            assertThat(process.waitFor()).as(text).isZero();
            return text;
        }
    }

    private static boolean runs(String program) throws InterruptedException {
        try {
            Process process = new ProcessBuilder(PYTHON, "-c", program)
                    .redirectErrorStream(true)
                    .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                    .start();
            return process.waitFor(60, TimeUnit.SECONDS) && process.exitValue() == 0;
        } catch (IOException e) {
            return false;
        }
    }
}
