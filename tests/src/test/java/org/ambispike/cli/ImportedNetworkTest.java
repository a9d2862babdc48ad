package org.ambispike.cli;

import static org.ambispike.cli.CommandLineRun.done;
import static org.ambispike.cli.CommandLineRun.refused;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.ObjectMapper;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
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
    private static final String WITH = " --data % --threads 2 --quiet";

    @TempDir
    private Path folder;

    private Path file(String name) throws IOException {
        try (InputStream in = getClass().getResourceAsStream("/org/ambispike/onnx/" + name)) {
            return Files.write(folder.resolve(name), in.readAllBytes());
        }
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
        Path photos = images(2_000, 300);
        Path run = folder.resolve("run");
        Path names = Files.writeString(
                folder.resolve("names.txt"),
                "class0\nclass1\nclass2\nclass3\nclass4\nclass5\nclass6\nclass7\nclass8\nclass9\n");
        Path onnx = file("resnet_small.onnx");
        assertThat(done("import % --normalisation " + NORMALISATION + " --classes % --out %", onnx, names, run)
                        .out())
                .contains("l/l.0/Add")
                .contains("sum of l/l.0/c2/Conv and stem/stem.2/LeakyRelu")
                .contains("folded")
                .endsWith(run.resolve("model.safetensors") + System.lineSeparator());
        Path model = run.resolve("model.safetensors");
        assertThat(ModelFiles.read(model).info().provenance()).containsEntry("opset", "17");
        assertThat(accuracy(model, photos)).isBetween(0.75, 0.9);
        done("convert % --quantile 0.999" + WITH, model, photos);
        Path snn = run.resolve("snn.safetensors");
        double before = accuracy(snn, photos);
        done("calibrate % --T 4 --calibration-epochs 1 --batch 64" + WITH, snn, photos);
        SavedModel calibrated = ModelFiles.read(run.resolve("snn-T4.safetensors"));
        assertThat(calibrated.info().classNames()).startsWith("class0", "class1");
        assertThat(calibrated.info().dataset()).isEqualTo("photos");
        assertThat(calibrated.info().network()).isNotEqualTo("net4");
        double after = accuracy(run.resolve("snn-T4.safetensors"), photos);
        assertThat(after).isGreaterThan(before + 0.1).isGreaterThan(0.6);
    }

    @Test
    void namesOfClassesAreCleaned() throws IOException {
        Path onnx = file("cnn_bn_leaky.onnx");
        Path names = Files.writeString(folder.resolve("names.txt"), "\ufeffa\r\nb\r\nc\nd\ne\nf\ng\nh\ni\nj\n");
        done("import % --classes % --out %", onnx, names, folder);
        assertThat(ModelFiles.read(folder.resolve("model.safetensors")).info().classNames())
                .containsExactly("a", "b", "c", "d", "e", "f", "g", "h", "i", "j");
        Files.writeString(names, "a\nb\nc\nd\ne\nf\ng\nh\na\nj\n");
        assertThat(refused("import % --classes %", onnx, names)).contains("the name 'a' is there twice");
        Files.write(names, new byte[] {'a', (byte) 0xe4, '\n'});
        assertThat(refused("import % --classes %", onnx, names)).contains("text in UTF-8");
        assertThat(refused("import % --classes %/none", onnx, folder)).contains("there is no such file");
    }

    @Test
    void commandsThatReadModelsSayThatOnnxFilesAreImported() throws IOException {
        Path onnx = file("cnn_bn_leaky.onnx");
        for (String command : List.of("inspect", "evaluate", "convert", "optimize", "serve", "calibrate")) {
            assertThat(refused(command + " %", onnx)).contains("is an ONNX file; ambispike import " + onnx);
        }
    }

    /** In one line each, exit code 2 or 0: nothing of it is the program's fault. */
    @Test
    void fewImagesAreEnoughToMeasureAndTooFewToTrain() throws IOException {
        Path run = folder.resolve("run");
        done("import % --out %", file("cnn_bn_leaky.onnx"), run);
        Path model = run.resolve("model.safetensors");
        write(RealData.fashionMnist(Split.TEST), 60, folder.resolve("few/test"));
        classFolders("one/test");
        Path few = folder.resolve("few");
        Files.copy(
                Files.list(folder.resolve("few/test/class3")).findFirst().orElseThrow(),
                folder.resolve("one/test/class3/1.png"));
        assertThat(done("evaluate %" + WITH, model, folder.resolve("one")).out())
                .startsWith("1 of 1 image\n");
        assertThat(done("evaluate %" + WITH, model, few).out()).startsWith("60 of 60 images\n");
        assertThat(refused("optimize %" + WITH, model, few)).contains("holds test images alone");
        classFolders("few/train");
        write(RealData.fashionMnist(Split.TRAIN), 30, folder.resolve("few/train"));
        String tooMany = "a batch of 128 is more than the 27 training images; take a smaller one (--batch)";
        assertThat(refused("optimize %" + WITH, model, few)).contains(tooMany);
        done("optimize % --batch 9" + WITH, model, few);
        done("convert %/optimized.safetensors" + WITH, run, few);
        assertThat(refused("calibrate %/snn.safetensors --T 2" + WITH, run, few))
                .contains(tooMany);
    }

    private void classFolders(String place) throws IOException {
        for (int label = 0; label < 10; label++) {
            Files.createDirectories(folder.resolve(place).resolve("class" + label));
        }
    }

    @Test
    void optimizeGivesThresholds() throws IOException {
        Path photos = images(1_500, 200);
        Path run = folder.resolve("run");
        done("import % --normalisation " + NORMALISATION + " --out %", file("cnn_bn_leaky.onnx"), run);
        done("optimize %/model.safetensors --batch 64" + WITH, run, photos);
        SavedModel optimized = ModelFiles.read(run.resolve("optimized.safetensors"));
        assertThat(optimized.graph().neurons()).allSatisfy(node -> assertThat(((Op.Activation) node.op()).kind())
                .isEqualTo(Op.ActivationKind.QUANTISED));
        done("convert %/optimized.safetensors" + WITH, run, photos);
        assertThat(accuracy(run.resolve("snn.safetensors"), photos)).isGreaterThan(0.75);
    }
    /** At T = 4, of a network that spikes. */
    private double accuracy(Path model, Path data) throws IOException {
        Path json = folder.resolve("accuracy.json");
        assertThat(done("evaluate % --T 4 --json %" + WITH, model, json, data).out())
                .doesNotContain("guessing");
        return new ObjectMapper()
                .readTree(Files.readString(json))
                .at("/timeSteps/0/accuracy")
                .asDouble();
    }

    @Test
    void whatCannotBeImportedIsListedAndEndsWithCode2() throws IOException {
        String pools = Files.readString(file("relu_maxpool.onnx"), StandardCharsets.ISO_8859_1);
        Path gates = folder.resolve("gates.onnx");
        Files.writeString(gates, pools.replace("MaxPool", "Sigmoid"), StandardCharsets.ISO_8859_1);
        CommandLineRun run = CommandLineRun.typed("import % --out %", gates, folder);
        assertThat(run.out()).contains("2/Sigmoid", "refused", "train the network with one of these");
        assertThat(run.refusal()).contains("Sigmoid '2/Sigmoid' cannot be imported: ");
        assertThat(folder.resolve("model.safetensors")).doesNotExist();
    }

    @Test
    void imagesThatDoNotFitAreRefused() throws IOException {
        Path run = folder.resolve("run");
        Path onnx = file("resnet_small.onnx");
        done("import % --out %", onnx, run);
        assertThat(refused("evaluate %/model.safetensors --quiet", run)).contains("name images with --data");
        Path small = folder.resolve("small");
        BufferedImage image = new BufferedImage(16, 16, BufferedImage.TYPE_INT_RGB);
        for (int index = 0; index < 20; index++) {
            for (String part : List.of("train/", "test/")) {
                Path file = small.resolve(part + index % 2 + "/" + index + ".png");
                Files.createDirectories(file.getParent());
                ImageIO.write(image, "png", file.toFile());
            }
        }
        assertThat(refused("evaluate %/model.safetensors" + WITH, run, small))
                .contains("images are [16, 16, 3], but the model takes [28, 28, 1]")
                .contains("give --resize 28x28");
        assertThat(refused("train net4 --out %" + WITH, run, small))
                .contains(
                        "net4 takes images [28, 28, 1] of at most 10 classes, but those of small are [16, 16, 3] of 2");
        assertThat(refused("import % --normalisation 0.5", onnx))
                .contains("--normalisation must be written as MEAN/DEVIATION, got '0.5'");
        assertThat(refused("import % --normalisation NaN/1", onnx)).contains("'NaN' is not finite");
        assertThat(refused("import % --normalisation 0,0,0/1", onnx))
                .contains("3 values '0,0,0', expected 1 or one for each of 1 channels");
    }
}
