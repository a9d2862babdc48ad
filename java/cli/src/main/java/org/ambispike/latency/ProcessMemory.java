package org.ambispike.latency;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.ambispike.common.InputException;

/** Resident memory of this process, as Linux counts it. */
public final class ProcessMemory {
    private static final Path STATUS = Path.of("/proc/self/status");
    private static final Path CLEAR = Path.of("/proc/self/clear_refs");
    /** Tells Linux to begin the high-water mark anew. */
    private static final String RESET_PEAK = "5";

    private ProcessMemory() {}

    /** Bytes that are resident now. */
    public static long resident() {
        return kibibytes("VmRSS:") << 10;
    }

    /** The most bytes that were resident at once since {@link #resetPeak}. */
    public static long peak() {
        return kibibytes("VmHWM:") << 10;
    }

    /** @throws InputException where the system does not let a process do so */
    public static void resetPeak() {
        try {
            Files.writeString(CLEAR, RESET_PEAK);
        } catch (IOException e) {
            throw new InputException("cannot reset the peak of resident memory in " + CLEAR + ": " + e.getMessage(), e);
        }
    }

    private static long kibibytes(String field) {
        try {
            return Files.readAllLines(STATUS).stream()
                    .filter(line -> line.startsWith(field))
                    .mapToLong(line -> Long.parseLong(line.replaceAll("\\D", "")))
                    .findFirst()
                    .orElseThrow(() -> new InputException(STATUS + " has no " + field));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
