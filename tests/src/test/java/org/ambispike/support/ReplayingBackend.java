package org.ambispike.support;

import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.ambispike.backend.Backend;
import org.ambispike.backend.LinearKernel;
import org.ambispike.backend.PoolKernel;
import org.ambispike.backend.RecordedWork;
import org.ambispike.common.BackendException;

/**
 * A backend that records as one with graphs does, whatever it computes on: a recording's work is done the first time, its calls
 * are kept the second time, and from then on those calls are repeated, with the arguments that they had. What waits, allocates
 * or copies from or to the host cannot be kept.
 */
public final class ReplayingBackend {
    private static final Set<String> REFUSED =
            Set.of("upload", "download", "synchronize", "allocate", "milliseconds", "planConvolution", "planMatMul");

    /** A call that was kept. */
    private record Call(Object target, Method method, Object[] arguments) {}

    private final Backend real;
    private Optional<List<Call>> kept = Optional.empty();
    private boolean within;

    private ReplayingBackend(Backend real) {
        this.real = real;
    }

    /** Around a backend, which is closed with it. */
    public static Backend around(Backend real) {
        return new ReplayingBackend(real).proxy(Backend.class, real);
    }

    private <T> T proxy(Class<T> type, T target) {
        return type.cast(Proxy.newProxyInstance(
                ReplayingBackend.class.getClassLoader(),
                new Class<?>[] {type},
                (self, method, arguments) -> call(target, method, arguments)));
    }

    private Object call(Object target, Method method, Object... arguments) throws Throwable {
        if (target == real && method.getName().equals("record")) {
            return new Recording((String) arguments[0], (Runnable) arguments[2]);
        }
        if (kept.isPresent()) {
            if (REFUSED.contains(method.getName())) {
                throw new BackendException(method.getName() + " cannot be recorded");
            }
            if (method.getReturnType() == void.class) {
                kept.get().add(new Call(target, method, arguments));
                return null;
            }
        }
        Object result = invoke(new Call(target, method, arguments));
        if (result instanceof LinearKernel kernel) {
            return proxy(LinearKernel.class, kernel);
        }
        return result instanceof PoolKernel kernel ? proxy(PoolKernel.class, kernel) : result;
    }

    private static Object invoke(Call call) throws Throwable {
        try {
            return call.method().invoke(call.target(), call.arguments());
        } catch (InvocationTargetException e) {
            throw e.getCause();
        }
    }

    /** What {@link Backend#record} gives. */
    private final class Recording implements RecordedWork {
        private final String label;
        private final Runnable work;
        private final List<Call> calls = new ArrayList<>();
        private int runs;

        Recording(String label, Runnable work) {
            this.label = label;
            this.work = work;
        }

        @Override
        public void run() {
            if (within) {
                work.run();
                return;
            }
            runs++;
            if (runs <= 2) {
                within = true;
                kept = runs == 2 ? Optional.of(calls) : Optional.empty();
                try {
                    work.run();
                } finally {
                    within = false;
                    kept = Optional.empty();
                }
            }
            if (runs >= 2) {
                calls.forEach(this::repeat);
            }
        }

        private void repeat(Call call) {
            try {
                invoke(call);
            } catch (RuntimeException | Error e) {
                throw e;
            } catch (Throwable e) {
                throw new IllegalStateException(label, e);
            }
        }

        @Override
        public String describe() {
            return label + ": " + calls.size() + " calls";
        }

        @Override
        public void close() {
            calls.clear();
        }
    }
}
