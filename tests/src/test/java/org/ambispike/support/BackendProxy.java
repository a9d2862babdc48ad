package org.ambispike.support;

import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import org.ambispike.backend.Backend;
import org.ambispike.backend.DeviceMemory;
import org.ambispike.backend.LinearAlgebra;
import org.ambispike.backend.NeuronKernels;
import org.ambispike.backend.OptimizerKernels;
import org.ambispike.backend.TrainingKernels;

/** Stands between a backend and those who call it, be it the backend itself or one of its roles. */
public final class BackendProxy {
    private static final Set<Class<?>> ROLES = Set.of(
            DeviceMemory.class,
            LinearAlgebra.class,
            NeuronKernels.class,
            TrainingKernels.class,
            OptimizerKernels.class);

    private BackendProxy() {}

    /** What is done with a call, which {@link #invoke} hands on. */
    @FunctionalInterface
    public interface Handler {
        Object call(Object target, Method method, Object[] arguments) throws Throwable;
    }

    /** A backend whose calls all go through a handler, but for those that give a role. */
    public static Backend of(Backend real, Handler handler) {
        Map<Class<?>, Object> roles = new HashMap<>();
        return proxy(Backend.class, real, (target, method, arguments) -> {
            Class<?> type = method.getReturnType();
            if (!ROLES.contains(type)) {
                return handler.call(target, method, arguments);
            }
            if (!roles.containsKey(type)) {
                roles.put(type, proxy(type, invoke(target, method, arguments), handler));
            }
            return roles.get(type);
        });
    }

    /** Anything else whose calls go through a handler. */
    public static <T> T proxy(Class<T> type, Object target, Handler handler) {
        return type.cast(Proxy.newProxyInstance(
                BackendProxy.class.getClassLoader(),
                new Class<?>[] {type},
                (self, method, arguments) -> handler.call(target, method, arguments)));
    }

    public static Object invoke(Object target, Method method, Object... arguments) throws Throwable {
        try {
            return method.invoke(target, arguments);
        } catch (InvocationTargetException e) {
            throw e.getCause();
        }
    }
}
