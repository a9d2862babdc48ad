package org.ambispike.device;

import java.lang.reflect.InvocationHandler;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.util.List;
import java.util.function.Predicate;
import org.ambispike.backend.Backend;
import org.ambispike.backend.DeviceBuffer;

/**
 * A backend with one operation whose result is off by a factor.
 *
 * @param real what computes all else
 * @param plan the method whose plan has the operation; empty for an operation of the backend itself
 * @param planned which plans, by the arguments of {@code plan}
 * @param operation the method
 * @param called which calls, by the arguments of the operation
 * @param result which argument of the operation is its result; {@link #LAST_BUFFER} for the last of a recording's buffers
 * @param factor that the result is multiplied by
 */
record SpoiledBackend(
        Backend real,
        String plan,
        Predicate<Object[]> planned,
        String operation,
        Predicate<Object[]> called,
        int result,
        double factor) {
    static final int LAST_BUFFER = -1;

    Backend open() {
        return proxy(Backend.class, (proxy, method, arguments) -> {
            Object returned = call(real, method, arguments);
            if (plan.isEmpty()) {
                spoil(method, arguments, List.of());
            } else if (method.getName().equals(plan) && planned.test(arguments)) {
                return spoiledPlan(method.getReturnType(), returned, arguments);
            }
            return returned;
        });
    }

    private Object spoiledPlan(Class<?> type, Object kernel, Object[] planArguments) {
        List<?> buffers = planArguments[1] instanceof List<?> list ? list : List.of();
        return proxy(type, (proxy, method, arguments) -> {
            Object returned = call(kernel, method, arguments);
            spoil(method, arguments, buffers);
            return returned;
        });
    }

    private void spoil(Method method, Object[] arguments, List<?> buffers) {
        if (method.getName().equals(operation) && called.test(arguments)) {
            Object target = result == LAST_BUFFER ? buffers.get(buffers.size() - 1) : arguments[result];
            real.scale((DeviceBuffer) target, factor);
        }
    }

    private static Object call(Object target, Method method, Object[] arguments) throws Throwable {
        try {
            return method.invoke(target, arguments);
        } catch (InvocationTargetException e) {
            throw e.getCause();
        }
    }

    private static <T> T proxy(Class<T> type, InvocationHandler handler) {
        return type.cast(Proxy.newProxyInstance(type.getClassLoader(), new Class<?>[] {type}, handler));
    }
}
