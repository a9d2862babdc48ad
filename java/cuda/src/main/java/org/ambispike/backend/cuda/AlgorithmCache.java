package org.ambispike.backend.cuda;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.ambispike.io.UserCacheFile;

/**
 * Which of a library's algorithms was measured to be the fastest for a shape, kept for one device and one set of library
 * versions. What cannot be read is measured again. Used by one thread.
 */
final class AlgorithmCache {
    private final UserCacheFile kept;
    private final Map<String, Integer> numbers = new TreeMap<>();

    /**
     * Reads what is there.
     *
     * @param folder made when something is written
     * @param environment device and versions, in one line: choices of another are not taken
     */
    AlgorithmCache(Path folder, String environment) {
        this.kept = new UserCacheFile(folder, "algorithms", environment);
        numbers.putAll(read());
    }

    Path file() {
        return kept.file();
    }

    Optional<Integer> get(String shape) {
        return Optional.ofNullable(numbers.get(shape));
    }

    /** Keeps a choice, beside what other processes have written meanwhile. */
    void put(String shape, int number) {
        read().forEach(numbers::putIfAbsent);
        numbers.put(shape, number);
        List<String> lines = new ArrayList<>();
        numbers.forEach((each, chosen) -> lines.add(chosen + "\t" + each));
        kept.write(lines);
    }

    private Map<String, Integer> read() {
        return kept.read(AlgorithmCache::parse).orElse(Map.of());
    }

    private static Map<String, Integer> parse(List<String> lines) {
        Map<String, Integer> read = new TreeMap<>();
        for (String line : lines) {
            String[] parts = line.split("\t", 2);
            if (parts.length != 2) {
                throw new IllegalArgumentException("it has the line '" + line + "'");
            }
            read.put(parts[1], Integer.parseInt(parts[0]));
        }
        return read;
    }
}
