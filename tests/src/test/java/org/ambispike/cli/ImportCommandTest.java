package org.ambispike.cli;

import static org.ambispike.cli.CommandLineRun.done;
import static org.ambispike.cli.CommandLineRun.refused;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What import shows, compares and refuses. */
class ImportCommandTest {
    @TempDir
    private Path folder;

    private String file(String name) throws IOException {
        try (InputStream in = getClass().getResourceAsStream("/org/ambispike/onnx/" + name)) {
            return Files.write(folder.resolve(name), in.readAllBytes()).toString();
        }
    }

    @Test
    void resultsOfTheExporterAreCompared() throws IOException {
        String onnx = file("resnet_small.onnx");
        Path out = folder.resolve("run");
        Path model = out.resolve("model.safetensors");
        String input = file("input64.npy");
        String line = "import % --out % --check % %";
        CommandLineRun other = CommandLineRun.typed(line, onnx, out, input, file("cnn_bn_leaky.logits.npy"));
        assertThat(other.code()).isEqualTo(1);
        assertThat(other.out()).contains("More than 1.0E-4 off: nothing is written");
        assertThat(model).doesNotExist();
        assertThat(done(line, onnx, out, input, file("resnet_small.logits.npy")).out())
                .contains("relative error")
                .containsPattern("logits +\\[10\\] +\\d\\.\\d\\de-0[678]");
        assertThat(model).exists();
    }

    @Test
    void arraysThatDoNotFitAreRefused() throws IOException {
        String onnx = file("resnet_small.onnx");
        String input = file("input64.npy");
        assertThat(refused("import % --check % % %", onnx, input, input, input))
                .contains("an array of the input and 1 of the outputs, got 3");
        assertThat(refused("import % --check % %", onnx, input, input)).contains("expected [10] for each of 64 images");
    }

    @Test
    void thePlanHasShapesAndWork() throws IOException {
        assertThat(done("import % --plan --out %/run", file("relu_maxpool.onnx"), folder)
                        .out())
                .contains("MACs/image", "MaxPool 2x2, stride 2", "total");
        assertThat(folder.resolve("run")).doesNotExist();
    }

    @Test
    void theSizeOfAnImageMustFit() throws IOException {
        String onnx = file("resnet_small.onnx");
        assertThat(refused("import % --input 1x32x32 --plan", onnx)).contains("whose extent 2 is 28, not 32");
        assertThat(refused("import % --input big", onnx)).contains("expected extents as");
    }
}
