package org.ambispike.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.ambispike.graph.Graph;
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
}
