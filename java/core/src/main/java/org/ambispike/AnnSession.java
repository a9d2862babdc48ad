package org.ambispike;

import java.nio.FloatBuffer;
import java.util.LinkedHashMap;
import java.util.Map;
import org.ambispike.backend.Backend;
import org.ambispike.common.InputException;
import org.ambispike.device.Device;
import org.ambispike.exec.ExecutionOptions;
import org.ambispike.exec.Executor;
import org.ambispike.exec.ParameterStore;
import org.ambispike.graph.Graph;
import org.ambispike.graph.HostTensor;
import org.ambispike.graph.Node;
import org.ambispike.graph.Shape;
import org.ambispike.io.SavedModel;
import org.ambispike.run.ImageStage;

/**
 * The ANN beside a spiking network: its logits and the activations that firing rates approximate, one image at a time.
 * Thread-safe: calls wait for each other.
 */
public final class AnnSession implements AutoCloseable {
    /**
     * What the ANN makes of an image.
     *
     * @param logits [classes]
     * @param activations by neuron layer, [H, W, C] or [features]
     */
    public record Answer(float[] logits, Map<String, HostTensor> activations) {}

    private final Graph graph;
    private final Backend backend;
    private final ParameterStore store;
    private final Executor executor;
    private final ImageStage stage;
    private boolean open = true;

    private AnnSession(SavedModel ann, SessionOptions options, Backend backend) {
        this.graph = ann.graph();
        this.backend = backend;
        this.stage = new ImageStage(ann, options.withBatch(1));
        ParameterStore parameters = ParameterStore.create(backend, graph, ann.weights(), false);
        try {
            this.executor = Executor.plan(
                    backend, graph, parameters, ExecutionOptions.inference(1, 1).withRates());
        } catch (RuntimeException e) {
            parameters.close();
            throw e;
        }
        this.store = parameters;
    }

    /**
     * Opens a session on a device of its own; close it when done.
     *
     * @param ann such as the one that the spiking network was converted from, or {@link SpikingModel#clippedAnn}
     * @param options device, precision, threads (one by default) and input; the others have no meaning here
     * @throws InputException if the network spikes, or the device that the options ask for is not there
     * @throws org.ambispike.common.BackendException if the backend cannot be opened, or memory is short
     */
    public static AnnSession open(SavedModel ann, SessionOptions options) {
        if (ann.graph().isSpiking()) {
            throw new InputException(
                    "the model '" + ann.info().network() + "' holds a spiking network, expected an ANN");
        }
        Backend backend = Device.choose(options.device(), options.precision())
                .open(options.threads().orElse(1));
        try {
            return new AnnSession(ann, options, backend);
        } catch (RuntimeException e) {
            backend.close();
            throw e;
        }
    }

    /**
     * Runs one image.
     *
     * @param image [H, W, C] between position and limit, as for {@link SpikingSession#run(FloatBuffer, int)}
     * @throws IllegalArgumentException if the buffer does not hold one image of permitted values
     * @throws IllegalStateException if the session is closed
     */
    public synchronized Answer run(FloatBuffer image) {
        if (!open) {
            throw new IllegalStateException("this session is closed");
        }
        stage.take(image, stage.count(image));
        executor.input(stage.values(), 1);
        executor.forward();
        float[] logits = new float[graph.classes()];
        backend.memory().download(executor.finalLogits(), logits, 0, logits.length);
        Map<String, HostTensor> activations = new LinkedHashMap<>();
        for (Node neuron : graph.neurons()) {
            Shape shape = graph.shape(neuron.name());
            HostTensor values = HostTensor.filled(shape, 0);
            backend.memory().download(executor.rate(neuron.name()), values.values(), 0, values.values().length);
            activations.put(neuron.name(), values);
        }
        return new Answer(logits, activations);
    }

    /** Frees what the session holds; a second call does nothing. */
    @Override
    public synchronized void close() {
        if (open) {
            open = false;
            executor.close();
            store.close();
            backend.close();
        }
    }
}
