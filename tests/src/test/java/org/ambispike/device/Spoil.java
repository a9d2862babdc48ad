package org.ambispike.device;

import java.lang.reflect.Method;
import java.util.function.Function;
import java.util.function.Predicate;
import org.ambispike.backend.Backend;
import org.ambispike.backend.DeviceBuffer;
import org.ambispike.backend.SpikeBuffers;
import org.ambispike.backend.SpikeGradients;
import org.ambispike.backend.SpikeLayout;
import org.ambispike.graph.NeuronModel;
import org.ambispike.support.BackendProxy;

/**
 * An operation whose result is off by a factor.
 *
 * @param operation of the backend, for example {@code spikeForward}, or of what it plans: {@code planMatMul.forward}
 * @param called which calls, by their arguments
 * @param result the result among the arguments
 * @param factor that the result is multiplied by
 */
public record Spoil(
        String operation, Predicate<Object[]> called, Function<Object[], DeviceBuffer> result, double factor) {
    private static final double FACTOR = 1.5;

    /** The spikes that neurons of a model emit. */
    public static Spoil forward(NeuronModel model) {
        return new Spoil("spikeForward", of(model), arguments -> ((SpikeBuffers) arguments[1]).spikes(), FACTOR);
    }

    /** The gradients of their drives. */
    public static Spoil backward(NeuronModel model) {
        return new Spoil("spikeBackward", of(model), arguments -> ((SpikeGradients) arguments[3]).drive(), FACTOR);
    }

    /** An argument of what the backend plans. */
    static Spoil planned(String operation, int result, double factor) {
        return new Spoil(operation, arguments -> true, arguments -> (DeviceBuffer) arguments[result], factor);
    }

    private static Predicate<Object[]> of(NeuronModel model) {
        return arguments -> ((SpikeLayout) arguments[0]).model() == model;
    }

    /** A backend that computes all else as another does. */
    public Backend on(Backend real) {
        return BackendProxy.of(real, (target, method, arguments) -> call(real, "", target, method, arguments));
    }

    private Object call(Backend real, String plan, Object target, Method method, Object... arguments) throws Throwable {
        Object returned = BackendProxy.invoke(target, method, arguments);
        String name = plan + method.getName();
        if (name.equals(operation) && called.test(arguments)) {
            real.linear().scale(result.apply(arguments), factor);
        }
        return name.startsWith("plan") && plan.isEmpty()
                ? BackendProxy.proxy(
                        method.getReturnType(),
                        returned,
                        (kernel, its, given) -> call(real, name + ".", kernel, its, given))
                : returned;
    }
}
