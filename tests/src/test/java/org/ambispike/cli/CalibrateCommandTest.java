package org.ambispike.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.stream.IntStream;
import javax.imageio.ImageIO;
import org.ambispike.AnnModel;
import org.ambispike.SpikingModel;
import org.ambispike.graph.Graph;
import org.ambispike.graph.NeuronVariant;
import org.ambispike.graph.Normalisation;
import org.ambispike.io.ModelFiles;
import org.ambispike.io.ModelInfo;
import org.ambispike.io.SavedModel;
import org.ambispike.paper.Initialisation;
import org.ambispike.paper.Net4;
import org.ambispike.support.SmallNetworks;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CalibrateCommandTest {
    @TempDir
    private Path folder;

    @Test
    void theTeacherOfAnotherNetworkIsBadInput() {
        SavedModel model = SmallNetworks.random(1);
        Graph other = Net4.create(0.1, 0);
        ModelInfo info = new ModelInfo(
                Net4.NAME,
                "other",
                new Normalisation(List.of(0f), List.of(1f)),
                IntStream.range(0, 10).mapToObj(Integer::toString).toList(),
                List.of(),
                Map.of());
        Path snn = folder.resolve("snn.safetensors");
        Path ann = folder.resolve("model.safetensors");
        Path out = folder.resolve("out");
        ModelFiles.write(snn, model);
        ModelFiles.write(ann, new SavedModel(other, Initialisation.uniform(other, 1), info));

        CommandLineRun run = CommandLineRun.of("calibrate", snn.toString(), "--out", out.toString());

        assertThat(run.code()).as(run.err()).isEqualTo(2);
        assertThat(run.err().strip())
                .isEqualTo(
                        "ambispike: " + ann + ": has images [28, 28, 1], but the network to calibrate has [6, 6, 2]; "
                                + "name the ANN that the network was converted from with --teacher");
        assertThat(out).doesNotExist();
    }

    /** A spiking network and its ANN, and pictures that nobody has sorted. */
    private String[] forward(String... more) throws IOException {
        Path photos = Files.createDirectories(folder.resolve("photos"));
        SplittableRandom random = new SplittableRandom(1);
        for (int image = 0; image < 20; image++) {
            BufferedImage picture = new BufferedImage(28, 28, BufferedImage.TYPE_BYTE_GRAY);
            for (int pixel = 0; pixel < 784; pixel++) {
                picture.getRaster().setSample(pixel % 28, pixel / 28, 0, random.nextInt(256));
            }
            ImageIO.write(picture, "png", photos.resolve(image + ".png").toFile());
        }
        Graph graph = Net4.create(0.1, 0);
        ModelInfo info = new ModelInfo(
                Net4.NAME, "other", new Normalisation(List.of(0f), List.of(1f)), List.of(), List.of(), Map.of());
        AnnModel ann = AnnModel.of(new SavedModel(graph, Initialisation.uniform(graph, 1), info));
        ann.save(folder.resolve("model.safetensors"));
        ann.withThresholds(1).convert(NeuronVariant.PAIR).save(folder.resolve("snn.safetensors"));
        List<String> arguments = new ArrayList<>(List.of(
                "calibrate",
                folder.resolve("snn.safetensors").toString(),
                "--method",
                "forward",
                "--data",
                photos.toString(),
                "--T",
                "2,4",
                "--plain"));
        arguments.addAll(List.of(more));
        return arguments.toArray(String[]::new);
    }

    @Test
    void unlabelledPicturesAreEnoughWithoutGradients() throws IOException {
        CommandLineRun run = CommandLineRun.of(forward("--images", "6"));
        assertThat(run.code()).as(run.err()).isZero();
        assertThat(run.out().lines())
                .containsExactly(
                        folder.resolve("snn-T2.safetensors").toString(),
                        folder.resolve("snn-T4.safetensors").toString());
        SpikingModel calibrated = SpikingModel.load(folder.resolve("snn-T4.safetensors"));
        assertThat(calibrated.calibratedFor()).containsExactly(4);
        assertThat(calibrated.provenance()).containsEntry("calibration", "forward, 6 images of photos");
        assertThat(folder.resolve("checkpoints")).doesNotExist();
    }

    @Test
    void whatGradientsAloneNeedIsRefused() throws IOException {
        CommandLineRun run = CommandLineRun.of(forward("--together", "--kappa", "2"));
        assertThat(run.code()).isEqualTo(2);
        assertThat(run.err()).contains("--together, --kappa is for --method bptt");
        CommandLineRun images =
                CommandLineRun.of("calibrate", folder.resolve("snn.safetensors").toString(), "--images", "3");
        assertThat(images.code()).isEqualTo(2);
        assertThat(images.err()).contains("--images is for --method forward");
        CommandLineRun none = CommandLineRun.of(forward("--images", "0"));
        assertThat(none.code()).isEqualTo(2);
    }
}
