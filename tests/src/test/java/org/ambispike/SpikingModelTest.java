package org.ambispike;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Path;
import java.util.List;
import org.ambispike.common.InputException;
import org.ambispike.graph.NeuronVariant;
import org.ambispike.graph.Normalisation;
import org.ambispike.graph.Shape;
import org.ambispike.io.ModelFiles;
import org.ambispike.support.SmallNetworks;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A model tells what its file says, and refuses what it cannot run. */
class SpikingModelTest {
    @TempDir
    private Path folder;

    @Test
    void aLoadedModelTellsWhatItsFileSays() {
        Path file = folder.resolve("snn.safetensors");
        ModelFiles.write(file, SmallNetworks.exact(NeuronVariant.PAIR, true, 1));
        SpikingModel model = SpikingModel.load(file);
        assertThat(model.inputShape()).isEqualTo(Shape.of(6, 6, 2));
        assertThat(model.classes()).isEqualTo(4);
        assertThat(model.classNames()).containsExactly("ant", "bee", "cat", "dog");
        assertThat(model.normalisation()).isEqualTo(new Normalisation(List.of(0.25f, 0.5f), List.of(0.5f, 0.25f)));
        assertThat(model.neuronLayers()).containsExactly("act1", "act2");
        assertThat(model.calibratedFor()).containsExactly(2, 4);
        assertThat(model.provenance()).containsEntry("seed", "1");
        assertThat(model.network()).isEqualTo("small");
        assertThat(model.dataset()).isEqualTo("random pixels");
        assertThat(model.saved().weights().tensors())
                .isEqualTo(ModelFiles.read(file).weights().tensors());
        assertThat(model).hasToString("small ([6, 6, 2] to 4 classes, calibrated for T = [2, 4])");
    }

    @Test
    void anAnnIsRefusedWithTheRemedy() {
        Path file = folder.resolve("ann.safetensors");
        ModelFiles.write(file, SmallNetworks.clippedAnn(1));
        assertThatThrownBy(() -> SpikingModel.load(file))
                .isInstanceOf(InputException.class)
                .hasMessageContaining(file.toString())
                .hasMessageContaining("do not spike")
                .hasMessageContaining("ambispike convert");
        assertThatThrownBy(() -> SpikingModel.of(SmallNetworks.clippedAnn(1)))
                .isInstanceOf(InputException.class)
                .hasMessageContaining("'small'");
    }

    @Test
    void aMissingFileIsNamed() {
        assertThatThrownBy(() -> SpikingModel.load(folder.resolve("none.safetensors")))
                .isInstanceOf(InputException.class)
                .hasMessageContaining("none.safetensors");
    }
}
