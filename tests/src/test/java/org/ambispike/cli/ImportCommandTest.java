package org.ambispike.cli;

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

    private CommandLineRun run(String... arguments) {
        return CommandLineRun.of(arguments);
    }

    @Test
    void resultsOfTheExporterAreCompared() throws IOException {
        String onnx = file("resnet_small.onnx");
        String out = folder.resolve("run").toString();
        Path model = folder.resolve("run/model.safetensors");
        String input = file("input64.npy");
        CommandLineRun other = run("import", onnx, "--out", out, "--check", input, file("cnn_bn_leaky.logits.npy"));
        assertThat(other.code()).isEqualTo(1);
        assertThat(other.out()).contains("More than 1.0E-4 off: nothing is written");
        assertThat(model).doesNotExist();
        CommandLineRun same = run("import", onnx, "--out", out, "--check", input, file("resnet_small.logits.npy"));
        assertThat(same.code()).as(same.err()).isZero();
        assertThat(same.out()).contains("relative error").containsPattern("logits +\\[10\\] +\\d\\.\\d\\de-0[678]");
        assertThat(model).exists();
    }

    @Test
    void arraysThatDoNotFitAreRefused() throws IOException {
        String onnx = file("resnet_small.onnx");
        String input = file("input64.npy");
        CommandLineRun few = run("import", onnx, "--check", input, input, input);
        assertThat(few.code()).isEqualTo(2);
        assertThat(few.err()).contains("an array of the input and 1 of the outputs, got 3");
        CommandLineRun unlike = run("import", onnx, "--check", input, input);
        assertThat(unlike.code()).isEqualTo(2);
        assertThat(unlike.err()).contains("expected [10] for each of 64 images");
    }

    @Test
    void thePlanHasShapesAndWork() throws IOException {
        CommandLineRun run = run(
                "import",
                file("relu_maxpool.onnx"),
                "--plan",
                "--out",
                folder.resolve("run").toString());
        assertThat(run.code()).as(run.err()).isZero();
        assertThat(run.out()).contains("MACs/image", "MaxPool 2x2, stride 2", "total");
        assertThat(folder.resolve("run")).doesNotExist();
    }

    @Test
    void theSizeOfAnImageMustFit() throws IOException {
        CommandLineRun run = run("import", file("resnet_small.onnx"), "--input", "1x32x32", "--plan");
        assertThat(run.code()).isEqualTo(2);
        assertThat(run.err()).contains("whose extent 2 is 28, not 32");
        assertThat(run("import", file("resnet_small.onnx"), "--input", "big").err())
                .contains("expected extents as");
    }
}
