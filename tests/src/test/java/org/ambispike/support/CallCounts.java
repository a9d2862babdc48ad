package org.ambispike.support;

import java.util.HashMap;
import java.util.Map;
import org.ambispike.backend.Backend;

/** How often each operation of a backend was asked for. */
public final class CallCounts {
    private final Map<String, Integer> counts = new HashMap<>();

    /** A backend whose calls are counted; closing it closes the one within. */
    public Backend of(Backend backend) {
        return BackendProxy.of(backend, (target, method, arguments) -> {
            counts.merge(method.getName(), 1, Integer::sum);
            return BackendProxy.invoke(target, method, arguments);
        });
    }

    /** Calls of an operation since the last {@link #reset}. */
    public int count(String operation) {
        return counts.getOrDefault(operation, 0);
    }

    public void reset() {
        counts.clear();
    }
}
