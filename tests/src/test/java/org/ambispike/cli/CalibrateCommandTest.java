package org.ambispike.cli;

import static org.ambispike.cli.CommandLineRun.done;
import static org.ambispike.cli.CommandLineRun.refused;
import static org.assertj.core.api.Assertions.assertThat;

import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
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
    private static final String FORWARD = "calibrate %/snn.safetensors --method forward --data % --T ";

    @TempDir
    private Path folder;

    @Test
    void theTeacherOfAnotherNetworkIsBadInput() {
        SavedModel model = SmallNetworks.random(1);
        Path snn = folder.resolve("snn.safetensors");
        Path ann = folder.resolve("model.safetensors");
        Path out = folder.resolve("out");
        ModelFiles.write(snn, model);
        net4().save(ann);
        assertThat(refused("calibrate % --out %", snn, out).strip())
                .isEqualTo(
                        "ambispike: " + ann + ": has images [28, 28, 1], but the network to calibrate has [6, 6, 2]; "
                                + "name the ANN that the network was converted from with --teacher");
        assertThat(out).doesNotExist();
    }

    private static AnnModel net4() {
        Graph graph = Net4.create(0.1, 0);
        ModelInfo info = new ModelInfo(Net4.NAME, "other", Normalisation.none(1), List.of(), List.of(), Map.of());
        return AnnModel.of(new SavedModel(graph, Initialisation.uniform(graph, 1), info));
    }
    /** A spiking network and its ANN, and pictures that nobody has sorted; returns the folder of these. */
    private Path photos() throws IOException {
        Path photos = Files.createDirectories(folder.resolve("photos"));
        SplittableRandom random = new SplittableRandom(1);
        for (int image = 0; image < 20; image++) {
            BufferedImage picture = new BufferedImage(28, 28, BufferedImage.TYPE_BYTE_GRAY);
            for (int pixel = 0; pixel < 784; pixel++) {
                picture.getRaster().setSample(pixel % 28, pixel / 28, 0, random.nextInt(256));
            }
            ImageIO.write(picture, "png", photos.resolve(image + ".png").toFile());
        }
        AnnModel ann = net4();
        ann.save(folder.resolve("model.safetensors"));
        ann.withThresholds(1).convert(NeuronVariant.PAIR).save(folder.resolve("snn.safetensors"));
        return photos;
    }

    @Test
    void unlabelledPicturesAreEnoughWithoutGradients() throws IOException {
        CommandLineRun run = done(FORWARD + "2,4 --plain --images 6", folder, photos());
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
        Path photos = photos();
        assertThat(refused(FORWARD + "2 --together --kappa 2", folder, photos))
                .contains("--together, --kappa is for --method bptt");
        assertThat(refused("calibrate %/snn.safetensors --images 3", folder))
                .contains("--images is for --method forward");
        assertThat(refused(FORWARD + "2 --images 0", folder, photos)).contains("--images must be at least 1");
    }
}
