package org.ambispike.io;

import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.channels.OverlappingFileLockException;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryStream;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.time.Instant;
import java.util.Locale;
import java.util.UUID;
import java.util.regex.Pattern;
import org.ambispike.common.InputException;

/**
 * Files that are either the old ones or the new ones, whole: written to a temporary name beside the target, forced to
 * the disk, then renamed over it. Missing parent folders are made. A target that is a link is followed; one that is a
 * device or a pipe is written directly. Thread-safe: of two writers of one target, the last to finish wins.
 */
public final class AtomicFiles {
    private static final int BUFFER_BYTES = 1 << 16;
    private static final String TEMPORARY = ".tmp";
    /** How long a file may be there before its writer has locked it. */
    private static final Duration UNLOCKED = Duration.ofSeconds(5);

    private static final Pattern UNFINISHED = Pattern.compile("\\..+\\.[0-9a-f-]{36}" + Pattern.quote(TEMPORARY));

    private AtomicFiles() {}

    /** Gives a file its content; what it throws leaves the old file as it was. */
    @FunctionalInterface
    public interface ContentWriter {
        void write(OutputStream out) throws IOException;
    }

    /**
     * Replaces a file by these bytes.
     *
     * @throws InputException if the target is a folder, or a file stands where its folder should be
     * @throws UncheckedIOException naming the target, if it cannot be written
     */
    public static void writeBytes(Path target, byte[] bytes) {
        write(target, out -> out.write(bytes));
    }

    /** Replaces a file by this text in UTF-8; throws as {@link #writeBytes}. */
    public static void writeText(Path target, String text) {
        writeBytes(target, text.getBytes(StandardCharsets.UTF_8));
    }

    /** Replaces a file by what {@code content} writes to a buffered stream; throws as {@link #writeBytes}. */
    public static void write(Path target, ContentWriter content) {
        if (Files.isDirectory(target)) {
            throw new InputException(target + " is a folder; name a file");
        }
        try {
            if (Files.exists(target) && !Files.isRegularFile(target)) {
                writeInPlace(target, content);
            } else {
                replace(Files.exists(target) ? target.toRealPath() : target.toAbsolutePath(), content);
            }
        } catch (IOException e) {
            throw new UncheckedIOException("cannot write " + target + ": " + reason(e), e);
        }
    }

    /** Why a file operation failed, in one line without the file's name. */
    static String reason(IOException failure) {
        String name = failure.getClass().getSimpleName();
        if (failure instanceof FileSystemException fileFailure) {
            return fileFailure.getReason() != null ? fileFailure.getReason() : words(name);
        }
        return failure.getMessage() != null ? failure.getMessage() : words(name);
    }

    private static String words(String exceptionName) {
        return exceptionName
                .replace("Exception", "")
                .replaceAll("(?<=[a-z])(?=[A-Z])", " ")
                .toLowerCase(Locale.ROOT);
    }

    private static void writeInPlace(Path target, ContentWriter content) throws IOException {
        try (OutputStream out = new BufferedOutputStream(Files.newOutputStream(target), BUFFER_BYTES)) {
            content.write(out);
        }
    }

    /** @throws InputException if a file stands where the folder or one above it should be */
    static void makeFolder(Path folder) throws IOException {
        for (Path ancestor = folder; ancestor != null; ancestor = ancestor.getParent()) {
            if (Files.exists(ancestor)) {
                if (!Files.isDirectory(ancestor)) {
                    throw new InputException(ancestor + " is a file where a folder is needed; name another place");
                }
                break;
            }
        }
        Files.createDirectories(folder);
    }

    /** Removes what writers that were killed have left in a folder. Nobody may be writing there. */
    static void removeUnfinished(Path folder) throws IOException {
        try (DirectoryStream<Path> left = Files.newDirectoryStream(
                folder,
                file -> UNFINISHED.matcher(file.getFileName().toString()).matches())) {
            for (Path file : left) {
                Files.deleteIfExists(file);
            }
        }
    }

    /** Removes what writers of the same file that were killed have left: nobody has it locked. */
    private static void removeAbandoned(Path folder, String prefix) throws IOException {
        FileTime justNow = FileTime.from(Instant.now().minus(UNLOCKED));
        try (DirectoryStream<Path> left = Files.newDirectoryStream(
                folder,
                file -> file.getFileName().toString().startsWith(prefix)
                        && UNFINISHED.matcher(file.getFileName().toString()).matches())) {
            for (Path file : left) {
                try (FileChannel channel = FileChannel.open(file, StandardOpenOption.WRITE)) {
                    if (lock(channel) && Files.getLastModifiedTime(file).compareTo(justNow) < 0) {
                        Files.deleteIfExists(file);
                    }
                } catch (IOException gone) {
                    continue; // its writer has finished, or it is another user's
                }
            }
        }
    }

    /** Whether the file is ours now; not so on file systems that have no locks. */
    private static boolean lock(FileChannel channel) {
        try {
            return channel.tryLock() != null;
        } catch (IOException | OverlappingFileLockException e) {
            return false;
        }
    }

    private static void replace(Path target, ContentWriter content) throws IOException {
        Path folder = target.getParent();
        makeFolder(folder);
        removeAbandoned(folder, "." + target.getFileName() + ".");
        Path temporary = folder.resolve("." + target.getFileName() + "." + UUID.randomUUID() + TEMPORARY);
        try {
            try (FileChannel channel =
                    FileChannel.open(temporary, StandardOpenOption.WRITE, StandardOpenOption.CREATE_NEW)) {
                lock(channel); // as long as it is written
                OutputStream out = new BufferedOutputStream(Channels.newOutputStream(channel), BUFFER_BYTES);
                content.write(out);
                out.flush();
                channel.force(true);
            }
            Files.move(temporary, target, StandardCopyOption.ATOMIC_MOVE);
        } finally {
            Files.deleteIfExists(temporary);
        }
        // the rename itself is only safe from a power cut once the folder is on the disk
        try (FileChannel channel = FileChannel.open(folder, StandardOpenOption.READ)) {
            channel.force(true);
        }
    }
}
