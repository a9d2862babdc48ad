package org.ambispike.cli;

import java.lang.reflect.Proxy;

/**
 * Signals of the system. By reflection: javac warns of every mention of sun.misc, and Java has no other way to hear a
 * second Ctrl-C, or to end with 0 after SIGTERM.
 */
final class Signals {
    private Signals() {}

    /**
     * Lets an action run when a signal comes.
     *
     * @param name such as {@code INT}
     * @return what {@link #install} takes to undo it
     */
    static Object handle(String name, Runnable action) {
        try {
            Class<?> handler = Class.forName("sun.misc.SignalHandler");
            return install(
                    name,
                    Proxy.newProxyInstance(
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

    static Object install(String name, Object handler) {
        try {
            Class<?> signal = Class.forName("sun.misc.Signal");
            return signal.getMethod("handle", signal, Class.forName("sun.misc.SignalHandler"))
                    .invoke(null, signal.getConstructor(String.class).newInstance(name), handler);
        } catch (ReflectiveOperationException e) {
            throw new IllegalStateException("Java cannot take over the signal " + name, e);
        }
    }
}
