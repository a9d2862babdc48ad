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
    /**
     * What was chosen.
     *
     * @param number the library's
     * @param math the library's number of its arithmetic
     */
    record Choice(int number, int math) {}

    private final UserCacheFile kept;
    private final Map<String, Choice> choices = new TreeMap<>();

    /**
     * Reads what is there.
     *
     * @param folder made when something is written
     * @param environment device and versions, in one line: choices of another are not taken
     */
    AlgorithmCache(Path folder, String environment) {
        this.kept = new UserCacheFile(folder, "algorithms", environment);
        choices.putAll(read());
    }

    Path file() {
        return kept.file();
    }

    Optional<Choice> get(String shape) {
        return Optional.ofNullable(choices.get(shape));
    }

    /** Keeps a choice, beside what other processes have written meanwhile. */
    void put(String shape, Choice choice) {
        read().forEach(choices::putIfAbsent);
        choices.put(shape, choice);
        List<String> lines = new ArrayList<>();
        choices.forEach((each, chosen) -> lines.add(chosen.number() + "\t" + chosen.math() + "\t" + each));
        kept.write(lines);
    }

    private Map<String, Choice> read() {
        return kept.read(AlgorithmCache::parse).orElse(Map.of());
    }

    private static Map<String, Choice> parse(List<String> lines) {
        Map<String, Choice> read = new TreeMap<>();
        for (String line : lines) {
            String[] parts = line.split("\t", 3);
            if (parts.length != 3) {
                throw new IllegalArgumentException("it has the line '" + line + "'");
            }
            read.put(parts[2], new Choice(Integer.parseInt(parts[0]), Integer.parseInt(parts[1])));
        }
        return read;
    }
}
