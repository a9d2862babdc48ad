package org.ambispike.io;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import org.ambispike.graph.HostTensor;

/**
 * What a training run needs to go on where it was stopped.
 *
 * @param state texts, in order: fingerprint, epoch, step, updates of the moving average
 * @param tensors parameters, moments and moving averages by name; all values finite
 */
public record Checkpoint(Map<String, String> state, Map<String, HostTensor> tensors) {
    /** @throws IllegalArgumentException naming the tensor that holds a value that is not finite */
    public Checkpoint {
        state = Collections.unmodifiableMap(new LinkedHashMap<>(state));
        tensors = Collections.unmodifiableMap(new LinkedHashMap<>(tensors));
        if (state.containsKey(null) || state.containsValue(null)) {
            throw new IllegalArgumentException("state must not hold null");
        }
        tensors.forEach((name, tensor) -> {
            for (float value : tensor.values()) {
                if (!Float.isFinite(value)) {
                    throw new IllegalArgumentException("tensor " + FileFault.quoted(name) + " holds " + value);
                }
            }
        });
    }
}
