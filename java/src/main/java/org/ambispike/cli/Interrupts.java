package org.ambispike.cli;

import java.io.PrintWriter;
import java.lang.reflect.Proxy;
import java.util.function.Supplier;
import org.ambispike.progress.Cancellation;

/** While work runs, the first Ctrl-C asks it to stop after its step and the second one ends the process. */
final class Interrupts {
    private Interrupts() {}

    static <T> T hearing(Cancellation cancellation, PrintWriter err, Supplier<T> work) {
        Object previous = handle(() -> {
            if (cancellation.isRequested()) {
                Runtime.getRuntime().halt(Failures.STOPPED);
            }
            cancellation.request();
            err.println();
            err.println("ambispike: stopping after this step; Ctrl-C again ends at once");
        });
        try {
            return work.get();
        } finally {
            install(previous);
        }
    }

    private static Object handle(Runnable action) {
        try {
            Class<?> handler = Class.forName("sun.misc.SignalHandler");
            return install(Proxy.newProxyInstance(
                    handler.getClassLoader(), new Class<?>[] {handler}, (self, method, arguments) -> {
                        if (method.getName().equals("handle")) {
                            action.run();
                        }
                        return null;
                    }));
        } catch (ClassNotFoundException e) {
            throw new IllegalStateException("this Java has no module jdk.unsupported", e);
        }
    }

    // By reflection: javac warns of every mention of sun.misc, and Java has no other way to hear a second Ctrl-C.
    private static Object install(Object handler) {
        try {
            Class<?> signal = Class.forName("sun.misc.Signal");
            return signal.getMethod("handle", signal, Class.forName("sun.misc.SignalHandler"))
                    .invoke(null, signal.getConstructor(String.class).newInstance("INT"), handler);
        } catch (ReflectiveOperationException e) {
            throw new IllegalStateException("Java cannot take over Ctrl-C", e);
        }
    }
}
