package org.ambispike.train;

import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import org.ambispike.backend.Backend;
import org.ambispike.backend.DeviceBuffer;
import org.ambispike.common.InputException;
import org.ambispike.exec.ParameterStore;
import org.ambispike.graph.HostTensor;
import org.ambispike.graph.Shape;
import org.ambispike.io.Checkpoint;
import org.ambispike.io.CheckpointFiles;

/**
 * The state of a stage after a whole epoch in a file: parameters, moments, average and counters, bit for bit.
 *
 * @param file written anew after each epoch
 * @param fingerprint of all settings; a checkpoint of other settings is refused
 * @param resume whether an existing file is to be continued from
 */
public record StageCheckpoint(Path file, String fingerprint, boolean resume) {
    /** The entry of the state that says of which settings, images and networks a checkpoint is. */
    public static final String FINGERPRINT = "fingerprint";
    /** The entry of the state that says how many epochs are done. */
    public static final String EPOCH = "epoch";

    private static final String STEP = "step";
    private static final String UPDATES = "averageUpdates";

    void save(Backend backend, ParameterStore store, Optimizer optimizer, MovingAverage average, int epoch) {
        Map<String, String> state = new LinkedHashMap<>();
        state.put(FINGERPRINT, fingerprint);
        state.put(EPOCH, Integer.toString(epoch));
        state.put(STEP, Long.toString(optimizer.step()));
        state.put(UPDATES, Long.toString(average.updates()));
        Map<String, HostTensor> tensors = new LinkedHashMap<>();
        buffers(store, optimizer, average).forEach((name, buffer) -> {
            float[] values = new float[Math.toIntExact(buffer.floats())];
            backend.memory().download(buffer, values, 0, values.length);
            tensors.put(name, new HostTensor(Shape.of(values.length), values));
        });
        CheckpointFiles.write(file, new Checkpoint(state, tensors));
    }

    /** Restores the state and tells how many epochs are done; 0 if there is nothing to continue from. */
    int resume(Backend backend, ParameterStore store, Optimizer optimizer, MovingAverage average) {
        if (!resume || !CheckpointFiles.exists(file)) {
            return 0;
        }
        Checkpoint checkpoint = read();
        if (!fingerprint.equals(checkpoint.state().get(FINGERPRINT))) {
            throw new InputException("the checkpoint " + file
                    + " was written with other settings; run with the same ones, or without --resume to start anew");
        }
        buffers(store, optimizer, average).forEach((name, buffer) -> {
            HostTensor tensor = checkpoint.tensors().get(name);
            if (tensor == null || tensor.values().length != buffer.floats()) {
                throw new InputException("the checkpoint " + file + " has no '" + name + "' of " + buffer.floats()
                        + " values; run without --resume to start anew");
            }
            backend.memory().upload(tensor.values(), 0, tensor.values().length, buffer);
        });
        optimizer.resume(number(checkpoint, STEP));
        average.resume(number(checkpoint, UPDATES));
        store.changed();
        return Math.toIntExact(number(checkpoint, EPOCH));
    }

    private Checkpoint read() {
        try {
            return CheckpointFiles.read(file);
        } catch (InputException e) {
            throw new InputException(e.getMessage() + "; run without --resume to start anew", e);
        }
    }

    private long number(Checkpoint checkpoint, String key) {
        try {
            return Long.parseLong(checkpoint.state().getOrDefault(key, ""));
        } catch (NumberFormatException e) {
            throw new InputException(
                    "the checkpoint " + file + " has no number '" + key + "'; run without --resume to start anew", e);
        }
    }

    /** All that is kept, parameter by parameter, so that a file does not depend on how a store is laid out. */
    private static Map<String, DeviceBuffer> buffers(ParameterStore store, Optimizer optimizer, MovingAverage average) {
        Map<String, DeviceBuffer> whole = new LinkedHashMap<>();
        whole.put("parameters", store.allValues());
        optimizer.state().forEach((name, buffer) -> whole.put("optimiser." + name, buffer));
        if (average.isKept()) {
            whole.put("average", average.current());
        }
        Map<String, DeviceBuffer> buffers = new LinkedHashMap<>();
        whole.forEach((kind, buffer) ->
                store.values().keySet().forEach(name -> buffers.put(kind + "." + name, store.sliceLike(buffer, name))));
        return buffers;
    }
}
