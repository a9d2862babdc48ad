package org.ambispike.io;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.management.ThreadMXBean;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import org.ambispike.common.InputException;
import org.junit.jupiter.api.Assertions;

/** What a reader may use on a file, whatever is in it: memory by the file's size. */
public final class Resources {
    /** For messages, and for what the first call of a process loads. */
    private static final long FIXED_BYTES = 4L << 20;

    /** Bytes allocated, those long dropped included, for each byte of the file: a JSON text becomes a tree of objects. */
    private static final long BYTES_FOR_BYTE = 64;

    private static final Duration TIME = Duration.ofSeconds(5);

    private Resources() {}

    /**
     * Runs a reader that may refuse its file.
     *
     * @return whether the file was accepted
     */
    public static boolean accepts(Path file, Runnable reader) {
        return accepts(file, FIXED_BYTES, reader);
    }

    /** The same where a short file may say that much is to be made. */
    public static boolean accepts(Path file, long fixedBytes, Runnable reader) {
        ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
        long thread = Thread.currentThread().getId();
        long before = threads.getThreadAllocatedBytes(thread);
        boolean accepted = Assertions.assertTimeout(TIME, () -> {
            try {
                reader.run();
                return true;
            } catch (InputException e) {
                assertThat(e.getMessage()).startsWith(file + ": ").doesNotContain("\n", "\r");
                return false;
            }
        });
        assertThat(threads.getThreadAllocatedBytes(thread) - before)
                .isLessThan(fixedBytes + BYTES_FOR_BYTE * size(file));
        return accepted;
    }

    /** Runs a reader, whatever it costs, so that what it loads is not counted later. */
    static void warmUp(Runnable reader) {
        try {
            reader.run();
        } catch (InputException refused) {
            assertThat(refused).hasMessageNotContaining("\n");
        }
    }

    private static long size(Path file) {
        try {
            return Files.size(file);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
