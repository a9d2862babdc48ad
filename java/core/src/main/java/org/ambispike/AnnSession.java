package org.ambispike;

import java.nio.Buffer;
import java.nio.FloatBuffer;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.ambispike.backend.Backend;
import org.ambispike.common.Cancellation;
import org.ambispike.common.InputException;
import org.ambispike.device.Device;
import org.ambispike.graph.Graph;
import org.ambispike.graph.HostTensor;
import org.ambispike.graph.Node;
import org.ambispike.graph.Shape;
import org.ambispike.io.SavedModel;
import org.ambispike.run.BatchPlan;
import org.ambispike.run.BatchRuns;
import org.ambispike.run.DataPass;
import org.ambispike.run.ImageStage;
import org.ambispike.run.NetworkRunner;
import org.ambispike.run.PassPlan;
import org.ambispike.run.PassResult;

/**
 * Runs an ANN, such as the one beside a spiking network: {@link #runInto} for the logits of a batch, {@link #run} for one
 * image's logits and the activations that firing rates approximate. Thread-safe: calls wait for each other.
 */
public final class AnnSession implements AutoCloseable {
    /**
     * What the ANN makes of an image.
     *
     * @param logits [classes]; of an ANN without classes, the values of all results
     * @param outputs every result; views of the logits, in order
     * @param activations by neuron layer, [H, W, C] or [features]
     */
    public record Answer(float[] logits, List<OutputValues> outputs, Map<String, HostTensor> activations) {
        /** @throws IllegalArgumentException naming those that there are, if no result has the name */
        public OutputValues output(String name) {
            return outputs.stream()
                    .filter(output -> output.name().equals(name))
                    .findFirst()
                    .orElseThrow(() -> new IllegalArgumentException("no result '" + name + "'; there are "
                            + outputs.stream().map(OutputValues::name).toList()));
        }
    }

    private final Graph graph;
    private final Backend backend;
    private final NetworkRunner runner;
    private final BatchRuns batches;
    private final ImageStage stage;
    private final float[] logits;
    /** For activations; planned when they are first asked for. */
    private Optional<DataPass> observed = Optional.empty();

    private boolean open = true;

    private AnnSession(SavedModel ann, SessionOptions options, Backend backend) {
        this.graph = ann.graph();
        this.backend = backend;
        this.stage = options.stage(ann);
        this.logits = new float[Math.multiplyExact(options.batch(), graph.classes())];
        this.runner = new NetworkRunner(backend, ann.network());
        this.batches = runner.batches(BatchPlan.logits(options.batch(), 1));
    }

    /**
     * Opens a session on a device of its own; close it when done.
     *
     * @param ann such as the one that the spiking network was converted from, or {@link SpikingModel#clippedAnn}
     * @param options device, precision, threads (one by default), batch and input; the others have no meaning here
     * @throws InputException if the network spikes, or the device that the options ask for is not there
     * @throws org.ambispike.common.BackendException if the backend cannot be opened, or memory is short
     */
    public static AnnSession open(SavedModel ann, SessionOptions options) {
        if (ann.graph().isSpiking()) {
            throw new InputException(
                    "the model '" + ann.info().network() + "' holds a spiking network, expected an ANN");
        }
        Backend backend = Backend.of(Device.choose(options.device(), options.precision())
                .open(options.threads().orElse(1)));
        try {
            return new AnnSession(ann, options, backend);
        } catch (RuntimeException e) {
            backend.close();
            throw e;
        }
    }

    /**
     * Runs images into a buffer of the caller's; allocates nothing once the batch size is known.
     *
     * @param images [N, H, W, C] between position and limit, any number, as for {@link SpikingSession#runInto(FloatBuffer, int,
     *     FloatBuffer)}
     * @param target room for logits [N, classes] from its position, or for the values of all results, as
     *     {@link Model#outputs} says
     * @return N
     * @throws IllegalArgumentException if the buffers do not hold whole images of permitted values, or have no room
     * @throws IllegalStateException if the session is closed
     */
    public synchronized int runInto(FloatBuffer images, FloatBuffer target) {
        return runInto(images, ImageStage.Form.CHANNELS_LAST, target);
    }

    /** Does the same for all kinds of images; those of buffers give no garbage. */
    public synchronized int runInto(Images images, FloatBuffer target) {
        return runInto(images.values(graph.inputShape()), images.form(), target);
    }

    private int runInto(Buffer images, ImageStage.Form form, FloatBuffer target) {
        requireOpen();
        int length = graph.classes();
        int count = stage.count(images);
        if (target.isReadOnly() || target.remaining() < Math.multiplyExact(count, length)) {
            throw new IllegalArgumentException("the buffer for logits is read-only or has no room for " + count * length
                    + " values from position to limit");
        }
        int part;
        for (int first = 0; first < count; first += part) {
            part = stage.take(images, form, first);
            batches.run(stage.values(), part, 1, logits);
            target.put(target.position() + first * length, logits, 0, part * length);
        }
        return count;
    }

    /**
     * Runs one image.
     *
     * @param image [H, W, C] between position and limit, as for {@link SpikingSession#run(FloatBuffer, int)}
     * @throws IllegalArgumentException if the buffer does not hold one image of permitted values
     * @throws IllegalStateException if the session is closed
     */
    public synchronized Answer run(FloatBuffer image) {
        return run(Images.of(image));
    }

    /** Does the same for all kinds of images. */
    public synchronized Answer run(Images image) {
        requireOpen();
        Buffer given = image.values(graph.inputShape());
        int count = stage.count(given);
        if (count != 1) {
            throw new IllegalArgumentException(
                    "activations are those of one image, got " + count + "; runInto gives the logits of a batch");
        }
        stage.take(given, image.form(), 0);
        if (observed.isEmpty()) {
            observed = Optional.of(runner.pass(PassPlan.whole(1, 1).withRates(), new Cancellation()));
        }
        PassResult result = observed.get().run(stage.values(), 1);
        Map<String, HostTensor> activations = new LinkedHashMap<>();
        for (Node neuron : graph.neurons()) {
            Shape shape = graph.shape(neuron.name());
            activations.put(neuron.name(), new HostTensor(shape, result.rates(neuron)));
        }
        float[] values = result.logits().clone();
        List<OutputValues> outputs = graph.outputs().stream()
                .map(output -> OutputValues.of(output, values, 0))
                .toList();
        return new Answer(values, outputs, activations);
    }

    /** Returns the bytes that the session holds on its device now. */
    public synchronized long memoryBytes() {
        requireOpen();
        return runner.memoryBytes();
    }

    private void requireOpen() {
        if (!open) {
            throw new IllegalStateException("this session is closed");
        }
    }

    /** Frees what the session holds; a second call does nothing. */
    @Override
    public synchronized void close() {
        if (open) {
            open = false;
            observed.ifPresent(DataPass::close);
            batches.close();
            runner.close();
            backend.close();
        }
    }
}
