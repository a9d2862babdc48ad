package org.ambispike.device;

import java.util.List;
import java.util.function.Function;
import java.util.function.Predicate;
import org.ambispike.backend.Backend;
import org.ambispike.backend.CapturedGraph;
import org.ambispike.backend.DeviceBuffer;
import org.ambispike.support.BackendProxy;

/**
 * A backend with one operation whose result is off by a factor.
 *
 * @param real what computes all else
 * @param plan the method whose plan has the operation; empty for an operation of the backend itself
 * @param planned which plans, by the arguments of {@code plan}
 * @param operation the method; of a captured graph {@code run}
 * @param called which calls, by the arguments of the operation
 * @param result the result among the arguments of the operation; of a captured graph among its buffers
 * @param factor that the result is multiplied by
 */
record SpoiledBackend(
        Backend real,
        String plan,
        Predicate<Object[]> planned,
        String operation,
        Predicate<Object[]> called,
        Function<Object[], DeviceBuffer> result,
        double factor) {
    Backend open() {
        return BackendProxy.of(real, (target, method, arguments) -> {
            Object returned = BackendProxy.invoke(target, method, arguments);
            if (plan.isEmpty()) {
                spoil(method.getName(), arguments);
            } else if (method.getName().equals(plan) && planned.test(arguments)) {
                return returned instanceof CapturedGraph graph
                        ? spoiled(graph, (String) arguments[0], (List<?>) arguments[1])
                        : spoiled(method.getReturnType(), returned);
            }
            return returned;
        });
    }

    private <T> T spoiled(Class<T> type, Object kernel) {
        return BackendProxy.proxy(type, kernel, (target, method, arguments) -> {
            Object returned = BackendProxy.invoke(target, method, arguments);
            spoil(method.getName(), arguments);
            return returned;
        });
    }

    private CapturedGraph spoiled(CapturedGraph graph, String label, List<?> buffers) {
        return new CapturedGraph(label, graph::run) {
            @Override
            protected void run(Runnable work) {
                work.run();
                spoil("run", buffers.toArray());
            }

            @Override
            public void close() {
                super.close();
                graph.close();
            }
        };
    }

    private void spoil(String name, Object[] arguments) {
        if (name.equals(operation) && called.test(arguments)) {
            real.linear().scale(result.apply(arguments), factor);
        }
    }
}
