package org.ambispike.backend.cuda;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.zip.CRC32C;
import org.ambispike.error.InputException;
import org.ambispike.io.AtomicFiles;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Which of a library's algorithms was measured to be the fastest for a shape, kept in a file for one device and one set of
 * library versions. A file that is damaged, or cannot be read or written, costs a line and new measurements, never the
 * run. Used by one thread; several processes may share a file, of which the last to write wins.
 */
final class AlgorithmCache {
    private static final Logger LOG = LoggerFactory.getLogger(AlgorithmCache.class);
    private static final String FIRST_LINE = "ambispike algorithms 1";
    private static final String END = "end ";

    private final Path file;
    private final String environment;
    private final Map<String, Integer> numbers = new TreeMap<>();

    /**
     * Reads what is there.
     *
     * @param folder made when something is written
     * @param environment device and versions, in one line: choices of another are not taken
     */
    AlgorithmCache(Path folder, String environment) {
        this.environment = environment;
        this.file = folder.resolve("algorithms-" + checksum(environment) + ".txt");
        numbers.putAll(read());
    }

    /** {@code $XDG_CACHE_HOME/ambispike}, or {@code ~/.cache/ambispike}. */
    static Path usualFolder() {
        String cache = System.getenv("XDG_CACHE_HOME");
        Path base =
                cache == null || cache.isBlank() ? Path.of(System.getProperty("user.home"), ".cache") : Path.of(cache);
        return base.resolve("ambispike");
    }

    Path file() {
        return file;
    }

    Optional<Integer> get(String shape) {
        return Optional.ofNullable(numbers.get(shape));
    }

    /** Keeps a choice, beside what other processes have written meanwhile. */
    void put(String shape, int number) {
        read().forEach(numbers::putIfAbsent);
        numbers.put(shape, number);
        try {
            AtomicFiles.writeText(file, text());
        } catch (InputException | UncheckedIOException e) {
            LOG.warn("measured algorithms are not kept: {}", e.getMessage());
        }
    }

    private String text() {
        StringBuilder text = new StringBuilder();
        text.append(FIRST_LINE).append('\n').append(environment).append('\n');
        numbers.forEach((shape, number) ->
                text.append(number).append('\t').append(shape).append('\n'));
        return text + END + checksum(text.toString()) + '\n';
    }

    private Map<String, Integer> read() {
        try {
            return parse(Files.readString(file));
        } catch (NoSuchFileException e) {
            return Map.of();
        } catch (IOException | IllegalArgumentException e) {
            LOG.warn("{} is left aside and written anew, its algorithms are measured again: {}", file, e.getMessage());
            return Map.of();
        }
    }

    private Map<String, Integer> parse(String text) {
        int end = text.lastIndexOf(END);
        if (end < 0 || !text.substring(end).equals(END + checksum(text.substring(0, end)) + '\n')) {
            throw new IllegalArgumentException("its end does not fit the rest");
        }
        List<String> lines = text.substring(0, end).lines().toList();
        if (lines.size() < 2
                || !lines.get(0).equals(FIRST_LINE)
                || !lines.get(1).equals(environment)) {
            throw new IllegalArgumentException("it is of another version or device");
        }
        Map<String, Integer> read = new TreeMap<>();
        for (String line : lines.subList(2, lines.size())) {
            String[] parts = line.split("\t", 2);
            if (parts.length != 2) {
                throw new IllegalArgumentException("it has the line '" + line + "'");
            }
            read.put(parts[1], Integer.parseInt(parts[0]));
        }
        return read;
    }

    private static String checksum(String text) {
        CRC32C crc = new CRC32C();
        crc.update(text.getBytes(StandardCharsets.UTF_8));
        return String.format("%08x", crc.getValue());
    }
}
