package org.ambispike.cli;

import java.io.PrintWriter;
import java.util.List;
import java.util.function.Supplier;
import org.ambispike.common.Cancellation;

/**
 * What Ctrl-C and SIGTERM do. Java's own way, to end while threads of native code compute, ends in a crash of those threads
 * now and then: so they end the process at once, and while work runs the first one asks it to stop.
 */
final class Interrupts implements AutoCloseable {
    private static final List<String> SIGNALS = List.of("INT", "TERM");

    private final List<Object> previous;

    private Interrupts(Runnable action) {
        this.previous =
                SIGNALS.stream().map(signal -> Signals.handle(signal, action)).toList();
    }

    /** Lets signals end the process from now on. */
    static void endAtOnce() {
        new Interrupts(Interrupts::end);
    }

    /** Lets the first signal request a cancellation and run an action, and the second one end the process, until this is closed. */
    static Interrupts hear(Cancellation cancellation, Runnable first) {
        return new Interrupts(() -> {
            if (cancellation.isRequested()) {
                end();
            }
            cancellation.request();
            first.run();
        });
    }

    /** Runs work that the first signal asks to stop after its step. */
    static <T> T hearing(Cancellation cancellation, PrintWriter err, Supplier<T> work) {
        try (Interrupts heard = hear(cancellation, () -> {
            err.println();
            err.println("ambispike: stopping after this step; Ctrl-C again ends at once");
        })) {
            return work.get();
        }
    }

    private static void end() {
        Runtime.getRuntime().halt(Failures.STOPPED);
    }

    @Override
    public void close() {
        for (int i = 0; i < SIGNALS.size(); i++) {
            Signals.install(SIGNALS.get(i), previous.get(i));
        }
    }
}
