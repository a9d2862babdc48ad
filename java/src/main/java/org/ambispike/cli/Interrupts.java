package org.ambispike.cli;

import java.io.PrintWriter;
import java.lang.reflect.Proxy;
import org.ambispike.progress.Cancellation;

/**
 * While open, the first Ctrl-C asks the work to stop after its step and the second one ends the process. Closing gives
 * the signal back.
 */
final class Interrupts implements AutoCloseable {
    private final Object previous;

    private Interrupts(Object previous) {
        this.previous = previous;
    }

    static Interrupts stopping(Cancellation cancellation, PrintWriter err) {
        return new Interrupts(handle(() -> {
            if (cancellation.isRequested()) {
                Runtime.getRuntime().halt(Failures.STOPPED);
            }
            cancellation.request();
            err.println();
            err.println("ambispike: stopping after this step, checkpoint kept; Ctrl-C again ends at once");
        }));
    }

    @Override
    public void close() {
        install(previous);
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
