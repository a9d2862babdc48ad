package org.ambispike.io;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import java.util.zip.CRC32C;
import org.ambispike.common.InputException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Lines that hold for one environment (a device, versions of libraries), in a file of its own in a cache. A file that is
 * damaged, or cannot be read or written, costs a line in the log and never the run. Immutable; several processes may share
 * a file, of which the last to write wins.
 */
public final class UserCacheFile {
    private static final Logger LOG = LoggerFactory.getLogger(UserCacheFile.class);
    private static final String END = "end ";

    private final String kind;
    private final String environment;
    private final Path file;

    /**
     * Touches nothing yet.
     *
     * @param folder made when something is written
     * @param kind what the lines are, for example {@code algorithms}: part of the file's name and of its first line
     * @param environment one line; what was kept for another is not taken
     */
    public UserCacheFile(Path folder, String kind, String environment) {
        this.kind = kind;
        this.environment = environment;
        this.file = folder.resolve(kind + "-" + checksum(environment) + ".txt");
    }

    public Path file() {
        return file;
    }

    /**
     * What was kept; empty if there is nothing, or nothing of use, which is said in the log.
     *
     * @param parse makes something of the lines, or throws {@link IllegalArgumentException} that says what is wrong with
     *     them
     */
    public <T> Optional<T> read(Function<List<String>, T> parse) {
        try {
            return Optional.of(parse.apply(lines(Files.readString(file))));
        } catch (NoSuchFileException e) {
            return Optional.empty();
        } catch (IOException | IllegalArgumentException e) {
            LOG.warn("{} is left aside and written anew: {}", file, e.getMessage());
            return Optional.empty();
        }
    }

    /** Keeps these lines in place of what was kept. */
    public void write(List<String> lines) {
        StringBuilder text = new StringBuilder();
        text.append(firstLine()).append('\n').append(environment).append('\n');
        lines.forEach(line -> text.append(line).append('\n'));
        try {
            AtomicFiles.writeText(file, text + END + checksum(text.toString()) + '\n');
        } catch (InputException | UncheckedIOException e) {
            LOG.warn("{}: not kept: {}", kind, e.getMessage());
        }
    }

    private String firstLine() {
        return "ambispike " + kind + " 1";
    }

    private List<String> lines(String text) {
        int end = text.lastIndexOf(END);
        if (end < 0 || !text.substring(end).equals(END + checksum(text.substring(0, end)) + '\n')) {
            throw new IllegalArgumentException("its end does not fit the rest");
        }
        List<String> lines = text.substring(0, end).lines().toList();
        if (lines.size() < 2
                || !lines.get(0).equals(firstLine())
                || !lines.get(1).equals(environment)) {
            throw new IllegalArgumentException("it is of another version or device");
        }
        return lines.subList(2, lines.size());
    }

    private static String checksum(String text) {
        CRC32C crc = new CRC32C();
        crc.update(text.getBytes(StandardCharsets.UTF_8));
        return String.format("%08x", crc.getValue());
    }
}
