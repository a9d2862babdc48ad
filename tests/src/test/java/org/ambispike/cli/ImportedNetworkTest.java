package org.ambispike.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.awt.image.BufferedImage;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import javax.imageio.ImageIO;
import org.ambispike.data.Dataset;
import org.ambispike.data.Split;
import org.ambispike.graph.Op;
import org.ambispike.io.ModelFiles;
import org.ambispike.io.SavedModel;
import org.ambispike.support.RealData;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A network trained elsewhere, with the user's own images: from the ONNX file to the calibrated spiking network. */
class ImportedNetworkTest {
    private static final String NORMALISATION = "0.2860/0.3530";

    @TempDir
    private Path folder;

    private Path file(String name) throws IOException {
        try (InputStream in = getClass().getResourceAsStream("/org/ambispike/onnx/" + name)) {
            return Files.write(folder.resolve(name), in.readAllBytes());
        }
    }

    private static CommandLineRun run(int code, String... arguments) {
        CommandLineRun run = CommandLineRun.of(arguments);
        assertThat(run.code()).as(run.err()).isEqualTo(code);
        return run;
    }

    /** PNG files in folders that are called by class. */
    private Path images(int training, int tests) throws IOException {
        Path photos = folder.resolve("photos");
        write(RealData.fashionMnist(Split.TRAIN), training, photos.resolve("train"));
        write(RealData.fashionMnist(Split.TEST), tests, photos.resolve("test"));
        return photos;
    }

    private static void write(Dataset images, int count, Path target) throws IOException {
        for (int index = 0; index < count; index++) {
            BufferedImage image = new BufferedImage(28, 28, BufferedImage.TYPE_BYTE_GRAY);
            for (int pixel = 0; pixel < 784; pixel++) {
                image.getRaster().setSample(pixel % 28, pixel / 28, 0, Byte.toUnsignedInt(images.image(index)[pixel]));
            }
            Path place = target.resolve("class" + images.label(index));
            Files.createDirectories(place);
            ImageIO.write(image, "png", place.resolve(index + ".png").toFile());
        }
    }

    @Test
    void importConvertCalibrateEvaluate() throws IOException {
        String photos = images(2_000, 300).toString();
        Path run = folder.resolve("run");
        Path names = Files.writeString(
                folder.resolve("names.txt"),
                "class0\nclass1\nclass2\nclass3\nclass4\nclass5\nclass6\nclass7\nclass8\nclass9\n");
        String onnx = file("resnet_small.onnx").toString();
        CommandLineRun imported = run(
                0,
                "import",
                onnx,
                "--normalisation",
                NORMALISATION,
                "--classes",
                names.toString(),
                "--out",
                run.toString());
        assertThat(imported.out())
                .contains("l/l.0/Add")
                .contains("sum of l/l.0/c2/Conv and stem/stem.2/LeakyRelu")
                .contains("folded")
                .endsWith(run.resolve("model.safetensors") + System.lineSeparator());
        String model = run.resolve("model.safetensors").toString();
        assertThat(ModelFiles.read(Path.of(model)).info().provenance()).containsEntry("opset", "17");
        assertThat(accuracy(model, photos, "1")).isBetween(0.75, 0.9);

        String[] with = {"--data", photos, "--threads", "2", "--quiet"};
        run(0, with(with, "convert", model, "--quantile", "0.999"));
        String snn = run.resolve("snn.safetensors").toString();
        double before = accuracy(snn, photos, "4");
        run(0, with(with, "calibrate", snn, "--T", "4", "--calibration-epochs", "1", "--batch", "64"));
        SavedModel calibrated = ModelFiles.read(run.resolve("snn-T4.safetensors"));
        assertThat(calibrated.info().classNames()).startsWith("class0", "class1");
        assertThat(calibrated.info().dataset()).isEqualTo("photos");
        assertThat(calibrated.info().network()).isNotEqualTo("net4");
        double after = accuracy(run.resolve("snn-T4.safetensors").toString(), photos, "4");
        assertThat(after).isGreaterThan(before + 0.1).isGreaterThan(0.6);
    }

    @Test
    void namesOfClassesAreCleaned() throws IOException {
        String onnx = file("cnn_bn_leaky.onnx").toString();
        Path names = Files.writeString(folder.resolve("names.txt"), "\ufeffa\r\nb\r\nc\nd\ne\nf\ng\nh\ni\nj\n");
        run(0, "import", onnx, "--classes", names.toString(), "--out", folder.toString());
        assertThat(ModelFiles.read(folder.resolve("model.safetensors")).info().classNames())
                .containsExactly("a", "b", "c", "d", "e", "f", "g", "h", "i", "j");
        Files.writeString(names, "a\nb\nc\nd\ne\nf\ng\nh\na\nj\n");
        assertThat(run(2, "import", onnx, "--classes", names.toString()).err()).contains("the name 'a' is there twice");
        Files.write(names, new byte[] {'a', (byte) 0xe4, '\n'});
        assertThat(run(2, "import", onnx, "--classes", names.toString()).err()).contains("text in UTF-8");
        assertThat(run(2, "import", onnx, "--classes", folder + "/none").err()).contains("there is no such file");
    }

    @Test
    void commandsThatReadModelsSayThatOnnxFilesAreImported() throws IOException {
        String onnx = file("cnn_bn_leaky.onnx").toString();
        for (String command : List.of("inspect", "evaluate", "convert", "optimize", "serve")) {
            assertThat(run(2, command, onnx).err()).contains("is an ONNX file; ambispike import " + onnx);
        }
        assertThat(run(2, "calibrate", onnx, "--T", "2").err()).contains("is an ONNX file");
    }

    /** In one line each, exit code 2 or 0: nothing of it is the program's fault. */
    @Test
    void fewImagesAreEnoughToMeasureAndTooFewToTrain() throws IOException {
        String run = folder.resolve("run").toString();
        run(0, "import", file("cnn_bn_leaky.onnx").toString(), "--out", run);
        String model = run + "/model.safetensors";
        write(RealData.fashionMnist(Split.TEST), 60, folder.resolve("few/test"));
        classFolders("one/test");
        String few = folder.resolve("few").toString();
        Files.copy(
                Files.list(folder.resolve("few/test/class3")).findFirst().orElseThrow(),
                folder.resolve("one/test/class3/1.png"));
        assertThat(run(
                                0,
                                "evaluate",
                                model,
                                "--quiet",
                                "--data",
                                folder.resolve("one").toString())
                        .out())
                .startsWith("1 of 1 image\n");
        assertThat(run(0, "evaluate", model, "--quiet", "--data", few).out()).startsWith("60 of 60 images\n");
        assertThat(run(2, "optimize", model, "--quiet", "--data", few).err()).contains("holds test images alone");
        classFolders("few/train");
        write(RealData.fashionMnist(Split.TRAIN), 30, folder.resolve("few/train"));
        assertThat(run(2, "optimize", model, "--quiet", "--data", few).err())
                .contains("a batch of 128 is more than the 27 training images; take a smaller one (--batch)");
        run(0, "optimize", model, "--quiet", "--data", few, "--batch", "9");
        run(0, "convert", run + "/optimized.safetensors", "--quiet", "--data", few);
        assertThat(run(2, "calibrate", run + "/snn.safetensors", "--T", "2", "--quiet", "--data", few)
                        .err())
                .contains("a batch of 128 is more than the 27 training images; take a smaller one (--batch)");
    }

    private void classFolders(String place) throws IOException {
        for (int label = 0; label < 10; label++) {
            Files.createDirectories(folder.resolve(place).resolve("class" + label));
        }
    }

    @Test
    void optimizeGivesThresholds() throws IOException {
        String photos = images(1_500, 200).toString();
        String run = folder.resolve("run").toString();
        run(0, "import", file("cnn_bn_leaky.onnx").toString(), "--normalisation", NORMALISATION, "--out", run);
        run(0, "optimize", run + "/model.safetensors", "--data", photos, "--threads", "2", "--quiet", "--batch", "64");
        SavedModel optimized = ModelFiles.read(Path.of(run, "optimized.safetensors"));
        assertThat(optimized.graph().neurons()).allSatisfy(node -> assertThat(((Op.Activation) node.op()).kind())
                .isEqualTo(Op.ActivationKind.QUANTISED));
        run(0, "convert", run + "/optimized.safetensors", "--data", photos, "--threads", "2", "--quiet");
        assertThat(accuracy(run + "/snn.safetensors", photos, "4")).isGreaterThan(0.75);
    }

    private static String[] with(String[] options, String... command) {
        return Stream.concat(Arrays.stream(command), Arrays.stream(options)).toArray(String[]::new);
    }

    private double accuracy(String model, String data, String timeSteps) throws IOException {
        Path json = folder.resolve("accuracy.json");
        CommandLineRun result = run(
                0,
                "evaluate",
                model,
                "--data",
                data,
                "--T",
                timeSteps,
                "--threads",
                "2",
                "--quiet",
                "--json",
                json.toString());
        assertThat(result.out()).doesNotContain("guessing");
        Matcher matcher = Pattern.compile("\"accuracy\"\\s*:\\s*([0-9.]+)").matcher(Files.readString(json));
        assertThat(matcher.find()).isTrue();
        return Double.parseDouble(matcher.group(1));
    }

    @Test
    void whatCannotBeImportedIsListedAndEndsWithCode2() throws IOException {
        String pools = Files.readString(file("relu_maxpool.onnx"), StandardCharsets.ISO_8859_1);
        Path gates = folder.resolve("gates.onnx");
        Files.writeString(gates, pools.replace("MaxPool", "Sigmoid"), StandardCharsets.ISO_8859_1);
        CommandLineRun run = run(2, "import", gates.toString(), "--out", folder.toString());
        assertThat(run.out()).contains("2/Sigmoid", "refused", "train the network with one of these");
        assertThat(run.err()).contains("Sigmoid '2/Sigmoid' cannot be imported: ");
        assertThat(run.err().lines()).hasSize(1);
        assertThat(folder.resolve("model.safetensors")).doesNotExist();
    }

    @Test
    void imagesThatDoNotFitAreRefused() throws IOException {
        String run = folder.resolve("run").toString();
        String onnx = file("resnet_small.onnx").toString();
        run(0, "import", onnx, "--out", run);
        String model = run + "/model.safetensors";
        assertThat(run(2, "evaluate", model, "--quiet").err()).contains("name images with --data");
        BufferedImage image = new BufferedImage(16, 16, BufferedImage.TYPE_INT_RGB);
        for (String place : List.of("train/a/1.png", "train/b/2.png", "test/a/3.png", "test/b/4.png")) {
            Path file = folder.resolve("small").resolve(place);
            Files.createDirectories(file.getParent());
            ImageIO.write(image, "png", file.toFile());
        }
        String small = folder.resolve("small").toString();
        assertThat(run(2, "evaluate", model, "--quiet", "--data", small).err())
                .contains("images are [16, 16, 3], but the model takes [28, 28, 1]")
                .contains("give --resize 28x28");
        Path many = folder.resolve("many/train");
        for (int index = 0; index < 20; index++) {
            Path file = many.resolve(index % 2 + "/" + index + ".png");
            Files.createDirectories(file.getParent());
            ImageIO.write(image, "png", file.toFile());
        }
        String train = folder.resolve("many").toString();
        assertThat(run(2, "train", "net4", "--quiet", "--data", train, "--out", run)
                        .err())
                .contains(
                        "net4 takes images [28, 28, 1] of at most 10 classes, but those of many are [16, 16, 3] of 2");
        assertThat(run(2, "import", onnx, "--normalisation", "0.5").err())
                .contains("--normalisation must be written as MEAN/DEVIATION, got '0.5'");
        assertThat(run(2, "import", onnx, "--normalisation", "NaN/1").err()).contains("'NaN' is not finite");
        assertThat(run(2, "import", onnx, "--normalisation", "0,0,0/1").err())
                .contains("3 values '0,0,0', expected 1 or one for each of 1 channels");
    }
}
