package org.ambispike.guide;

import static org.assertj.core.api.Assertions.assertThat;

import java.awt.image.BufferedImage;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import javax.imageio.ImageIO;
import org.ambispike.AnnModel;
import org.ambispike.examples.LoadConvertCalibrateRun;
import org.ambispike.graph.ConvGeometry;
import org.ambispike.graph.Graph;
import org.ambispike.graph.Node;
import org.ambispike.graph.Normalisation;
import org.ambispike.graph.Op;
import org.ambispike.graph.Shape;
import org.ambispike.io.ModelInfo;
import org.ambispike.io.SavedModel;
import org.ambispike.paper.Initialisation;
import org.ambispike.support.RealData;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The example runs, and can be read in one go. */
class ExampleTest {
    private static final Path SOURCE =
            Path.of("java/examples/src/main/java/org/ambispike/examples/LoadConvertCalibrateRun.java");
    private static final int SIZE = 6;
    private static final int MOST_LINES = 80;
    private static final List<String> CLASSES = List.of("bright", "dark");

    @TempDir
    private Path folder;

    @Test
    void itFitsOnAScreenOrTwo() throws IOException {
        assertThat(Files.readAllLines(RealData.checkout().resolve(SOURCE))).hasSizeLessThanOrEqualTo(MOST_LINES);
    }

    @Test
    void itLoadsConvertsCalibratesAndRuns() throws IOException {
        Path model = folder.resolve("model.safetensors");
        ann().save(model);
        Path images = folder.resolve("images");
        writeImages(images.resolve("train"), 40);
        writeImages(images.resolve("test"), 10);
        assertThat(output(model.toString(), images.toString()))
                .as("accuracies of 20 images are twentieths")
                .matches(
                        "accuracy at T = 4 on 20 of 20 images: [01]\\.\\d[05]00 converted, [01]\\.\\d[05]00 calibrated\\R"
                                + "the first test image: (bright|dark) after [1-4] steps \\(it is (bright|dark)\\)\\R");
    }

    private static String output(String... arguments) {
        PrintStream console = System.out;
        ByteArrayOutputStream said = new ByteArrayOutputStream();
        System.setOut(new PrintStream(said, true, StandardCharsets.UTF_8));
        try {
            LoadConvertCalibrateRun.main(arguments);
        } finally {
            System.setOut(console);
        }
        return said.toString(StandardCharsets.UTF_8);
    }

    /** Not clipped yet, so that the example gives it thresholds. */
    private static AnnModel ann() {
        ConvGeometry conv = new ConvGeometry(SIZE, SIZE, 1, 3, 3, 1, 1);
        Graph graph = new Graph(List.of(
                new Node("input", new Op.Input(Shape.of(SIZE, SIZE, 1)), List.of()),
                new Node("conv1", new Op.Conv2d(conv), List.of("input")),
                new Node("act1", new Op.Activation(Op.ActivationKind.LEAKY, 0.1, 0, false), List.of("conv1")),
                new Node("fc1", new Op.Linear(3 * SIZE * SIZE, CLASSES.size()), List.of("act1"))));
        Normalisation normalisation = new Normalisation(List.of(0.5f), List.of(0.25f));
        ModelInfo info = new ModelInfo("tiny", "greys", normalisation, CLASSES, List.of(), Map.of("seed", "1"));
        return AnnModel.of(new SavedModel(graph, Initialisation.uniform(graph, 1), info));
    }

    private static void writeImages(Path place, int each) throws IOException {
        SplittableRandom random = new SplittableRandom(each);
        for (String name : CLASSES) {
            Files.createDirectories(place.resolve(name));
            for (int index = 0; index < each; index++) {
                BufferedImage image = new BufferedImage(SIZE, SIZE, BufferedImage.TYPE_BYTE_GRAY);
                for (int pixel = 0; pixel < SIZE * SIZE; pixel++) {
                    int grey = random.nextInt(100) + (name.equals("bright") ? 150 : 0);
                    image.getRaster().setSample(pixel % SIZE, pixel / SIZE, 0, grey);
                }
                ImageIO.write(
                        image,
                        "png",
                        place.resolve(name).resolve(index + ".png").toFile());
            }
        }
    }
}
