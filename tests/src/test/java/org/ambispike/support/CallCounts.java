package org.ambispike.support;

import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.util.HashMap;
import java.util.Map;
import org.ambispike.backend.Backend;

/** How often each operation of a backend was asked for. */
public final class CallCounts {
    private final Map<String, Integer> counts = new HashMap<>();

    /** A backend whose calls are counted; closing it closes the one within. */
    public Backend of(Backend backend) {
        return (Backend) Proxy.newProxyInstance(
                CallCounts.class.getClassLoader(), new Class<?>[] {Backend.class}, (self, method, arguments) -> {
                    counts.merge(method.getName(), 1, Integer::sum);
                    try {
                        return method.invoke(backend, arguments);
                    } catch (InvocationTargetException e) {
                        throw e.getCause();
                    }
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
