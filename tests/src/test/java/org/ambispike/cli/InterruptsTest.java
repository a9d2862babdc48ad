package org.ambispike.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import org.ambispike.common.Cancellation;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Ctrl-C and SIGTERM while work runs. */
class InterruptsTest {
    @ParameterizedTest
    @CsvSource({"INT, 2", "TERM, 15"})
    @Timeout(value = 30, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
    void theFirstSignalAsksTheWorkToStop(String signal, int number) throws IOException {
        assumeTrue(hears(number), "this process was started with the signal ignored, as by a shell in the background");
        Cancellation cancellation = new Cancellation();
        StringWriter err = new StringWriter();
        boolean stopped = Interrupts.hearing(cancellation, new PrintWriter(err, true), () -> {
            raise(signal);
            while (!cancellation.isRequested()) {
                Thread.onSpinWait();
            }
            return true;
        });
        assertThat(stopped).isTrue();
    }

    /** Whether the kernel does not drop the signal for this process. */
    private static boolean hears(int number) throws IOException {
        String ignored = Files.readAllLines(Path.of("/proc/self/status")).stream()
                .filter(line -> line.startsWith("SigIgn:"))
                .findFirst()
                .orElseThrow();
        return (Long.parseUnsignedLong(ignored.substring(7).strip(), 16) & 1L << number - 1) == 0;
    }

    private static void raise(String name) {
        try {
            Class<?> signal = Class.forName("sun.misc.Signal");
            signal.getMethod("raise", signal)
                    .invoke(null, signal.getConstructor(String.class).newInstance(name));
        } catch (ReflectiveOperationException e) {
            throw new AssertionError(e);
        }
    }
}
