package org.ambispike.latency;

import java.nio.file.Path;
import org.ambispike.SpikingModel;
import org.ambispike.common.InputException;
import org.ambispike.io.ModelFiles;
import org.ambispike.io.SavedModel;

/**
 * The ANN that a spiking network is held against.
 *
 * @param source where it comes from, to be read
 */
public record Reference(SavedModel model, String source) {
    /** @throws InputException naming the file, if it is no ANN */
    public static Reference read(Path file) {
        SavedModel model = ModelFiles.read(file);
        if (model.graph().isSpiking()) {
            throw new InputException(file + " holds a spiking network; --ann takes an ANN, such as model.safetensors");
        }
        return new Reference(model, "from " + file.getFileName());
    }

    /** The clipped ANN with the spiking network's own weights and thresholds. */
    public static Reference limit(SpikingModel spiking) {
        return new Reference(
                spiking.clippedAnn().saved(),
                "the spiking network's weights with clipped activations in place of its neurons, its limit as T grows");
    }
}
