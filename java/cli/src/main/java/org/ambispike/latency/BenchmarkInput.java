package org.ambispike.latency;

import java.util.List;
import java.util.Locale;
import org.ambispike.SpikingModel;
import org.ambispike.common.InputException;
import org.ambispike.data.Dataset;
import org.ambispike.graph.Graph;
import org.ambispike.graph.Op;
import org.ambispike.io.SavedModel;

/**
 * The networks and images that a benchmark measures.
 *
 * @param ann for the reference rows
 * @param images normalised as the model says
 * @param labelled whether the images are real, so that accuracy means something
 */
public record BenchmarkInput(SpikingModel model, SavedModel ann, Dataset images, boolean labelled) {
    /** @throws InputException if the ANN takes other images or gives other classes than the spiking network */
    public BenchmarkInput {
        Graph spiking = model.saved().graph();
        Graph reference = ann.graph();
        if (reference.isSpiking()) {
            throw new InputException("the reference is a spiking network; name an ANN, such as model.safetensors");
        }
        if (!reference.inputShape().equals(spiking.inputShape()) || reference.classes() != spiking.classes()) {
            throw new InputException("the ANN maps " + reference.inputShape() + " to " + reference.classes()
                    + " values, the spiking network " + spiking.inputShape() + " to " + spiking.classes()
                    + "; name the ANN that it was converted from");
        }
    }

    /** Whether accuracy can be measured: there are classes, and images of known ones. */
    boolean hasAccuracy() {
        return labelled && images.labelled() && model.hasClasses();
    }

    /** Whether results are compared with the ANN's in place of accuracy. */
    boolean compares() {
        return labelled && !hasAccuracy();
    }

    /** What neurons the network has, each once. */
    public List<String> neurons() {
        return model.saved().graph().neurons().stream()
                .map(node -> ((Op.Spike) node.op()).model())
                .distinct()
                .map(kind -> kind.name().toLowerCase(Locale.ROOT).replace('_', '-'))
                .toList();
    }
}
