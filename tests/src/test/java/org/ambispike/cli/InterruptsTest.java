package org.ambispike.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.PrintWriter;
import java.io.StringWriter;
import org.ambispike.progress.Cancellation;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Ctrl-C while work runs. */
class InterruptsTest {
    @Test
    @Timeout(30)
    void theFirstSignalAsksTheWorkToStop() {
        Cancellation cancellation = new Cancellation();
        StringWriter err = new StringWriter();
        boolean stopped = Interrupts.hearing(cancellation, new PrintWriter(err, true), () -> {
            interruptThisProcess();
            while (!cancellation.isRequested()) {
                Thread.onSpinWait();
            }
            return true;
        });
        assertThat(stopped).isTrue();
    }

    private static void interruptThisProcess() {
        try {
            Class<?> signal = Class.forName("sun.misc.Signal");
            signal.getMethod("raise", signal)
                    .invoke(null, signal.getConstructor(String.class).newInstance("INT"));
        } catch (ReflectiveOperationException e) {
            throw new AssertionError(e);
        }
    }
}
