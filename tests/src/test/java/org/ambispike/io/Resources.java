package org.ambispike.io;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.management.ThreadMXBean;
import java.lang.management.ManagementFactory;
import java.nio.file.Path;
import java.time.Duration;
import org.ambispike.error.InputException;
import org.junit.jupiter.api.Assertions;

/** What a reader may use on a small file, whatever is in it. */
public final class Resources {
    private static final long ALLOCATED_BYTES = 32L << 20;
    private static final Duration TIME = Duration.ofSeconds(5);

    private Resources() {}

    /**
     * Runs a reader that may refuse its file.
     *
     * @return whether the file was accepted
     */
    public static boolean accepts(Path file, Runnable reader) {
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
        assertThat(threads.getThreadAllocatedBytes(thread) - before).isLessThan(ALLOCATED_BYTES);
        return accepted;
    }
}
