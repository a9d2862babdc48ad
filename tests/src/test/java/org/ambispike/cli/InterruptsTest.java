package org.ambispike.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import org.ambispike.common.Cancellation;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Ctrl-C while work runs. */
class InterruptsTest {
    @Test
    @Timeout(value = 30, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
    void theFirstSignalAsksTheWorkToStop() throws IOException {
        assumeTrue(hearsInterrupts(), "this process was started with SIGINT ignored, as by a shell in the background");
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

    /** Bit 2 of the signals that the kernel drops for this process. */
    private static boolean hearsInterrupts() throws IOException {
        String ignored = Files.readAllLines(Path.of("/proc/self/status")).stream()
                .filter(line -> line.startsWith("SigIgn:"))
                .findFirst()
                .orElseThrow();
        return (Long.parseUnsignedLong(ignored.substring(7).strip(), 16) & 2) == 0;
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
