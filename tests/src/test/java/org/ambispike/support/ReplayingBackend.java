package org.ambispike.support;

import java.lang.reflect.Method;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.ambispike.backend.Backend;
import org.ambispike.backend.CapturedGraph;
import org.ambispike.backend.LinearKernel;
import org.ambispike.backend.PoolKernel;
import org.ambispike.common.BackendException;

/**
 * A backend that captures as one with graphs does, whatever it computes on: the work is done the first time, its calls
 * are kept the second time, and from then on those calls are repeated, with the arguments that they had. What waits, allocates
 * or copies from or to the host cannot be kept.
 */
public final class ReplayingBackend {
    private static final Set<String> REFUSED =
            Set.of("upload", "download", "synchronize", "allocate", "milliseconds", "planConvolution", "planMatMul");

    /** A call that was kept. */
    private record Call(Object target, Method method, Object[] arguments) {}

    private Optional<List<Call>> kept = Optional.empty();
    private boolean within;

    private ReplayingBackend() {}

    /** Around a backend, which is closed with it. */
    public static Backend around(Backend real) {
        return BackendProxy.of(real, new ReplayingBackend()::call);
    }

    private Object call(Object target, Method method, Object... arguments) throws Throwable {
        if (method.getName().equals("capture")) {
            return new Replay((String) arguments[0], (Runnable) arguments[2]);
        }
        if (kept.isPresent()) {
            if (REFUSED.contains(method.getName())) {
                throw new BackendException(method.getName() + " cannot be captured");
            }
            if (method.getReturnType() == void.class) {
                kept.get().add(new Call(target, method, arguments));
                return null;
            }
        }
        Object result = BackendProxy.invoke(target, method, arguments);
        if (result instanceof LinearKernel kernel) {
            return BackendProxy.proxy(LinearKernel.class, kernel, this::call);
        }
        return result instanceof PoolKernel kernel ? BackendProxy.proxy(PoolKernel.class, kernel, this::call) : result;
    }

    /** What {@link Backend#capture} gives. */
    private final class Replay extends CapturedGraph {
        private final List<Call> calls = new ArrayList<>();
        private int runs;

        Replay(String label, Runnable work) {
            super(label, work);
        }

        @Override
        protected void run(Runnable work) {
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
                BackendProxy.invoke(call.target(), call.method(), call.arguments());
            } catch (RuntimeException | Error e) {
                throw e;
            } catch (Throwable e) {
                throw new IllegalStateException(label(), e);
            }
        }

        @Override
        public String describe() {
            return label() + ": " + calls.size() + " calls";
        }

        @Override
        public void close() {
            super.close();
            calls.clear();
        }
    }
}
