package org.ambispike.examples;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import org.ambispike.AnnModel;
import org.ambispike.graph.HostTensor;
import org.ambispike.graph.NeuronVariant;
import org.ambispike.graph.Shape;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The examples' commands on networks of few channels with random weights, and on random pictures. */
class ExamplesTest {
    private static final int SIDE = 32;

    @TempDir
    private Path folder;

    private final SplittableRandom random = new SplittableRandom(3);

    private static String output(String... words) {
        PrintStream console = System.out;
        ByteArrayOutputStream said = new ByteArrayOutputStream();
        System.setOut(new PrintStream(said, true, StandardCharsets.UTF_8));
        try {
            Examples.run(List.of(words));
        } finally {
            System.setOut(console);
        }
        return said.toString(StandardCharsets.UTF_8);
    }

    private HostTensor tensor(int... shape) {
        Shape extents = Shape.of(shape);
        float[] values = new float[(int) extents.elements()];
        for (int index = 0; index < values.length; index++) {
            values[index] = (float) random.nextDouble(-0.5, 0.5);
        }
        return new HostTensor(extents, values);
    }

    private Picture picture(int height, int width) {
        float[] pixels = new float[height * width * Picture.CHANNELS];
        for (int index = 0; index < pixels.length; index++) {
            pixels[index] = random.nextInt(256);
        }
        return new Picture(height, width, pixels);
    }

    private Path pictures(int height, int width) throws Exception {
        Path place = Files.createDirectories(folder.resolve("pictures"));
        Files.write(place.resolve("a.png"), picture(height, width).png());
        Files.write(place.resolve("b.png"), picture(width, height).png());
        return place;
    }

    /** Every box is sure by its bias. */
    private AnnModel detector() {
        Map<String, HostTensor> weights = new LinkedHashMap<>();
        weights.put("conv0/filters", tensor(3, 3, 3, 2));
        weights.put("conv0/bias", tensor(2));
        for (int block = 1; block <= 5; block++) {
            weights.put("conv" + block + "/depthwise_filter", tensor(3, 3, 2, 1));
            weights.put("conv" + block + "/pointwise_filter", tensor(1, 1, 2, 2));
            weights.put("conv" + block + "/bias", tensor(2));
        }
        weights.put("conv8/filters", tensor(1, 1, 2, 25));
        weights.put("conv8/bias", HostTensor.filled(Shape.of(25), 3));
        return FaceDetector.model(weights, SIDE, 0);
    }

    private AnnModel enlarger() {
        List<NcnnModel.Layer> layers = new ArrayList<>();
        for (int index = 0; index < 6; index++) {
            NcnnModel.Parameters parameters = new NcnnModel.Parameters(
                    tensor(3 * 3 * 9).values(), tensor(3).values());
            layers.add(new NcnnModel.Layer("conv" + index, false, 3, 1, 0, 0.1f, parameters));
        }
        NcnnModel.Parameters last =
                new NcnnModel.Parameters(tensor(3 * 3 * 16).values(), tensor(3).values());
        layers.add(new NcnnModel.Layer("last", true, 4, 2, 3, 1, last));
        return Enlarger.model(layers, 4);
    }

    private String[] saved(AnnModel ann) {
        Path model = folder.resolve("ann.safetensors");
        Path spiking = folder.resolve("snn.safetensors");
        ann.save(model);
        ann.withThresholds(2).convert(NeuronVariant.MEMORY).save(spiking);
        return new String[] {model.toString(), spiking.toString()};
    }

    @Test
    void findsFacesAndShowsThem() throws Exception {
        String[] models = saved(detector());
        Path report = folder.resolve("report.html");
        String said = output(
                "find-faces",
                models[0],
                models[1],
                pictures(40, 30).toString(),
                "--time-steps",
                "2,64",
                "--report",
                report.toString());
        assertThat(said)
                .contains("a.png: the ANN finds ")
                .contains("b.png: the ANN finds ")
                .contains("  T =  2: ")
                .containsPattern("\\n64 +[1-9]\\d* +[1-9]\\d* +\\d+\\n")
                .contains("report: " + report);
        assertThat(report)
                .content()
                .contains("Faces found by a spiking network", "T = 64: 0.9")
                .containsPattern("(?s)(<img src=\"data:image/png;base64,[A-Za-z0-9+/=]+\".*){6}")
                .containsOnlyOnce("<script>");
    }

    @Test
    void enlargesPicturesOfAnySize() throws Exception {
        String[] models = saved(enlarger());
        String said = output("enlarge", models[0], models[1], pictures(21, 17).toString(), "--time-steps", "1,8");
        assertThat(said)
                .containsPattern(
                        "a\\.png: cubic interpolation [\\d.]+ dB, ANN [\\d.]+ dB, T = 1 [\\d.]+ dB, T = 8 [\\d.]+ dB")
                .containsPattern("\\nANN +[\\d.]+ +0\\.00\\n")
                .doesNotContain("report:");
    }

    /** Square by square gives the same as the whole at once. */
    @Test
    void squaresMeetWithoutASeam() throws Exception {
        List<NcnnModel.Layer> layers = new ArrayList<>();
        float[] same = new float[3 * 3 * 9];
        for (int channel = 0; channel < 3; channel++) {
            same[(channel * 3 + channel) * 9 + 4] = 1;
        }
        for (int index = 0; index < 6; index++) {
            NcnnModel.Parameters parameters = new NcnnModel.Parameters(same, new float[3]);
            layers.add(new NcnnModel.Layer("conv" + index, false, 3, 1, 0, 0.1f, parameters));
        }
        float[] twice = new float[3 * 3 * 16];
        for (int channel = 0; channel < 3; channel++) {
            for (int place : new int[] {5, 6, 9, 10}) {
                twice[(channel * 3 + channel) * 16 + place] = 1;
            }
        }
        layers.add(new NcnnModel.Layer("last", true, 4, 2, 3, 1, new NcnnModel.Parameters(twice, new float[3])));
        String[] models = saved(Enlarger.model(layers, 4));
        Path place = Files.createDirectories(folder.resolve("blocks"));
        Picture small = picture(7, 9);
        Picture blocks = Picture.black(14, 18);
        for (int row = 0; row < 7; row++) {
            for (int column = 0; column < 9; column++) {
                for (int pixel = 0; pixel < 4; pixel++) {
                    blocks.draw(small.part(row, column, 1, 1), 2 * row + pixel / 2, 2 * column + pixel % 2);
                }
            }
        }
        Files.write(place.resolve("blocks.png"), blocks.png());
        Picture halved = blocks.resized(7, 9);
        Picture repeated = Picture.black(14, 18);
        for (int row = 0; row < 14; row++) {
            for (int column = 0; column < 18; column++) {
                repeated.draw(halved.part(row / 2, column / 2, 1, 1), row, column);
            }
        }
        String said = output("enlarge", models[0], models[1], place.toString(), "--time-steps", "1");
        assertThat(said).contains(String.format(java.util.Locale.ROOT, "ANN %.2f dB", repeated.psnr(blocks)));
    }

    @Test
    void photographsAreSquaresThatASeedSettles() throws Exception {
        Path source = folder.resolve("package");
        Files.createDirectories(source.resolve("dist/demo/photos"));
        Files.createDirectories(source.resolve("dist/demo/faces/any"));
        for (String name : List.of("a-500.jpg", "a-1500.jpg", "b-500.jpg")) {
            Files.write(
                    source.resolve("dist/demo/photos").resolve(name),
                    picture(50, 60).png());
        }
        Files.write(source.resolve("dist/demo/faces/any/1.jpg"), picture(12, 12).png());
        Photographs photographs = new Photographs(source);
        photographs.write(folder.resolve("first"), 16, 5, 1);
        photographs.write(folder.resolve("again"), 16, 5, 1);
        photographs.write(folder.resolve("other"), 16, 5, 2);
        List<Path> files = Picture.files(folder.resolve("first"));
        assertThat(files).hasSize(5);
        for (Path file : files) {
            Picture square = Picture.read(file);
            assertThat(List.of(square.height(), square.width())).containsExactly(16, 16);
            assertThat(folder.resolve("again").resolve(file.getFileName())).hasSameBinaryContentAs(file);
            assertThat(Files.mismatch(file, folder.resolve("other").resolve(file.getFileName())))
                    .isNotEqualTo(-1);
        }
    }

    @Test
    void wrongWordsAreNamed() {
        assertThatThrownBy(() -> output()).hasMessageContaining("usage: ambispike example face-detector");
        assertThatThrownBy(() -> output("find-faces", "a", "b")).hasMessageContaining("expected 3 files or folders");
        assertThatThrownBy(() -> output("enlarge", "a", "b", "c", "--steps", "4"))
                .hasMessageContaining("there is no option --steps");
        assertThatThrownBy(() -> output("enlarge", "a", "b", "c", "--report"))
                .hasMessageContaining("--report needs a value");
        assertThatThrownBy(() -> output("enlarge", "a", "b", "c", "--time-steps", "4,0"))
                .hasMessageContaining("--time-steps needs a number above 0, got 0");
    }
}
