package org.ambispike;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.ambispike.convert.ClippedAnn;
import org.ambispike.convert.Thresholds;
import org.ambispike.error.InputException;
import org.ambispike.graph.Node;
import org.ambispike.io.ModelFiles;
import org.ambispike.io.ModelInfo;
import org.ambispike.io.SavedModel;
import org.ambispike.tensor.Normalisation;
import org.ambispike.tensor.Shape;

/**
 * A spiking network to run: graph, weights and what its file says of it. Immutable, thread-safe, and shared by any number
 * of sessions, each of which has a copy of the weights on its device.
 */
public final class SpikingModel {
    private final SavedModel saved;

    private SpikingModel(SavedModel saved) {
        this.saved = saved;
    }

    /**
     * Reads a model file, as {@code convert} and {@code calibrate} write it.
     *
     * @throws InputException naming the file and the fault, if it is no valid model file or its network does not spike
     */
    public static SpikingModel load(Path file) {
        return of(ModelFiles.read(file), file.toString());
    }

    /**
     * A model that is already in memory, for example from {@link Conversion} or {@link Calibration}.
     *
     * @throws InputException if its network does not spike
     */
    public static SpikingModel of(SavedModel saved) {
        return of(saved, "the model '" + saved.info().network() + "'");
    }

    private static SpikingModel of(SavedModel saved, String source) {
        if (!saved.graph().isSpiking()) {
            throw new InputException(source + " holds an ANN, whose neurons do not spike; convert it first"
                    + " (ambispike convert, or org.ambispike.Conversion)");
        }
        return new SpikingModel(saved);
    }

    /**
     * Opens a session on a device of its own choice; close it when done.
     *
     * @throws InputException if the device that the options ask for is not there
     * @throws org.ambispike.backend.BackendException if a native library cannot be loaded, the processor lacks the
     *     precision, or memory is short
     */
    public SpikingSession openSession(SessionOptions options) {
        Device device = Device.choose(options.device(), options.precision());
        int threads = options.threads().orElseGet(Runtime.getRuntime()::availableProcessors);
        return new SpikingSession(this, options, device.open(threads), false);
    }

    /** [H, W, C] of one image. */
    public Shape inputShape() {
        return saved.graph().inputShape();
    }

    /** The number of classes. */
    public int classes() {
        return saved.graph().classes();
    }

    /** By class; empty where the file has none. */
    public List<String> classNames() {
        return saved.info().classNames();
    }

    /** How pixels become the network's input. */
    public Normalisation normalisation() {
        return saved.info().normalisation();
    }

    /** The layers that spike, in order. */
    public List<String> neuronLayers() {
        return saved.graph().neurons().stream().map(Node::name).toList();
    }

    /** The numbers of time steps that the network was calibrated for, ascending; empty for none. */
    public List<Integer> calibratedFor() {
        return saved.info().calibratedFor();
    }

    /** How the network was made: commit, recipe, seed and the like, in order. */
    public Map<String, String> provenance() {
        return saved.info().provenance();
    }

    /** Name of the network, for example {@code net4}. */
    public String network() {
        return saved.info().network();
    }

    /** Name of the images that it was trained on. */
    public String dataset() {
        return saved.info().dataset();
    }

    /**
     * The ANN that this network tends to as T grows, see {@link ClippedAnn}; for example to compare firing rates with
     * activations.
     */
    public SavedModel clippedAnn() {
        Thresholds.Network ann = ClippedAnn.of(saved.graph(), saved.weights());
        ModelInfo info = saved.info();
        return new SavedModel(
                ann.graph(),
                ann.weights(),
                new ModelInfo(
                        info.network(),
                        info.dataset(),
                        info.normalisation(),
                        info.classNames(),
                        List.of(),
                        info.provenance()));
    }

    /** Graph, weights and all else, for example to write it with {@link ModelFiles}. */
    public SavedModel saved() {
        return saved;
    }

    @Override
    public String toString() {
        return network() + " (" + inputShape() + " to " + classes() + " classes, calibrated for T = " + calibratedFor()
                + ")";
    }
}
