package org.ambispike.cli;

import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.stream.Stream;

/**
 * What the processor and the memory of this machine are.
 *
 * @param processor its name
 * @param cores that this process may use
 * @param memory bytes in all, of the machine or of the container where that is less
 * @param free bytes that may be taken
 * @param instructions those that kernels choose by
 */
record Machine(String processor, int cores, OptionalLong memory, OptionalLong free, List<String> instructions) {
    private static final List<String> LOOKED_FOR = List.of(
            "avx2",
            "fma",
            "avx512f",
            "avx512bw",
            "avx_vnni",
            "avx512_vnni",
            "avx512_bf16",
            "amx_tile",
            "amx_int8",
            "amx_bf16");
    private static final Path GOVERNOR = Path.of("/sys/devices/system/cpu/cpu0/cpufreq/scaling_governor");
    private static final Path CONTAINER_LIMIT = Path.of("sys/fs/cgroup/memory.max");

    static Machine probe() {
        return probe(Path.of("/"), Runtime.getRuntime().availableProcessors());
    }

    static Machine probe(Path root, int cores) {
        List<String> processor = lines(root.resolve("proc/cpuinfo"));
        List<String> memory = lines(root.resolve("proc/meminfo"));
        OptionalLong limit = lines(root.resolve(CONTAINER_LIMIT)).stream()
                .filter(line -> line.matches("\\d+"))
                .mapToLong(Long::parseLong)
                .findFirst();
        List<String> flags = List.of(value(processor, "flags").orElse("").split("\\s+"));
        return new Machine(
                value(processor, "model name").orElse("unknown processor"),
                cores,
                smaller(bytes(memory, "MemTotal"), limit),
                smaller(bytes(memory, "MemAvailable"), limit),
                LOOKED_FOR.stream().filter(flags::contains).toList());
    }

    /** Returns what a benchmark says of its machine, by name, in the order to show it. */
    Map<String, String> facts() {
        double load = ManagementFactory.getOperatingSystemMXBean().getSystemLoadAverage();
        Map<String, String> facts = new LinkedHashMap<>();
        facts.put("processor", processor);
        facts.put("cores", Integer.toString(cores));
        facts.put("instructions", String.join(" ", instructions));
        facts.put("memory", gibibytes(memory));
        facts.put(
                "frequency governor",
                lines(GOVERNOR).stream().findFirst().map(String::strip).orElse("not readable"));
        facts.put("load average before", load < 0 ? "unknown" : String.format(Locale.ROOT, "%.2f", load));
        facts.put("system", System.getProperty("os.name") + " " + System.getProperty("os.version"));
        facts.put("Java", System.getProperty("java.vm.version"));
        return facts;
    }

    private static OptionalLong smaller(OptionalLong size, OptionalLong limit) {
        return Stream.of(size, limit).flatMapToLong(OptionalLong::stream).min();
    }

    private static OptionalLong bytes(List<String> lines, String key) {
        return value(lines, key)
                .map(text ->
                        OptionalLong.of(Long.parseLong(text.replace("kB", "").strip()) * 1024))
                .orElseGet(OptionalLong::empty);
    }

    private static Optional<String> value(List<String> lines, String key) {
        return lines.stream()
                .filter(line -> line.startsWith(key) && line.contains(":"))
                .map(line -> line.substring(line.indexOf(':') + 1).strip())
                .findFirst();
    }

    private static List<String> lines(Path file) {
        try {
            return Files.readAllLines(file);
        } catch (IOException e) {
            return List.of();
        }
    }

    /** Formats a size. */
    static String gibibytes(OptionalLong bytes) {
        return bytes.isPresent()
                ? String.format(Locale.ROOT, "%.1f GiB", bytes.getAsLong() / (double) (1L << 30))
                : "unknown";
    }
}
