package org.ambispike.backend.cpu;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.OptionalLong;
import java.util.stream.Stream;

/** How much memory this process may still take: what the kernel has free, within the limits of its control group. */
final class SystemMemory {
    private final Path root;

    /** @param root of the file system; another than {@code /} for tests */
    SystemMemory(Path root) {
        this.root = root;
    }

    /** Bytes, at least 0; {@link Long#MAX_VALUE} where the system tells nothing. */
    long availableBytes() {
        long available = meminfo().orElse(Long.MAX_VALUE);
        available =
                Math.min(available, groupHeadroom("sys/fs/cgroup", "memory.max", "memory.current", "inactive_file"));
        available = Math.min(
                available,
                groupHeadroom(
                        "sys/fs/cgroup/memory",
                        "memory.limit_in_bytes",
                        "memory.usage_in_bytes",
                        "total_inactive_file"));
        return Math.max(0, available);
    }

    private OptionalLong meminfo() {
        OptionalLong kib = field(root.resolve("proc/meminfo"), "MemAvailable:");
        return kib.isPresent() ? OptionalLong.of(kib.getAsLong() * 1024) : OptionalLong.empty();
    }

    /** Page cache that has not been used lately is given back on demand, so it does not count as used. */
    private long groupHeadroom(String folder, String limitFile, String usageFile, String cacheField) {
        Path group = root.resolve(folder);
        OptionalLong limit = number(group.resolve(limitFile));
        OptionalLong usage = number(group.resolve(usageFile));
        if (limit.isEmpty() || usage.isEmpty()) {
            return Long.MAX_VALUE;
        }
        return limit.getAsLong()
                - usage.getAsLong()
                + field(group.resolve("memory.stat"), cacheField).orElse(0);
    }

    /** The number a file holds; empty where it is missing or says {@code max}. */
    private static OptionalLong number(Path file) {
        try {
            String text = Files.readString(file).strip();
            return text.equals("max") ? OptionalLong.empty() : OptionalLong.of(Long.parseLong(text));
        } catch (IOException | NumberFormatException e) {
            return OptionalLong.empty();
        }
    }

    private static OptionalLong field(Path file, String name) {
        try (Stream<String> lines = Files.lines(file)) {
            return lines.map(line -> line.trim().split("\\s+"))
                    .filter(words -> words.length > 1 && words[0].equals(name))
                    .mapToLong(words -> Long.parseLong(words[1]))
                    .findFirst();
        } catch (IOException | java.io.UncheckedIOException | NumberFormatException e) {
            return OptionalLong.empty();
        }
    }
}
