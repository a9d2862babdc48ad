package org.ambispike.cli;

import java.io.PrintWriter;
import java.util.function.Supplier;
import org.ambispike.common.Cancellation;

/** While work runs, the first Ctrl-C asks it to stop after its step and the second one ends the process. */
final class Interrupts {
    private static final String CTRL_C = "INT";

    private Interrupts() {}

    static <T> T hearing(Cancellation cancellation, PrintWriter err, Supplier<T> work) {
        Object previous = Signals.handle(CTRL_C, () -> {
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
            Signals.install(CTRL_C, previous);
        }
    }
}
