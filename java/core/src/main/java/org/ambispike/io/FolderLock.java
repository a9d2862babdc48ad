package org.ambispike.io;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.ambispike.common.InputException;

/**
 * Keeps a folder for one run at a time, of all processes of a machine, until it is closed or the process ends. For one thread.
 */
public final class FolderLock implements AutoCloseable {
    private static final String NAME = ".lock";

    private final FileChannel channel;

    private FolderLock(FileChannel channel) {
        this.channel = channel;
    }

    /**
     * Makes a folder if it is missing, takes it, and removes what files of an earlier run were not finished when that was
     * killed, there and in the folders directly below.
     *
     * @throws InputException if another run is at work there, or the path is that of a file
     * @throws UncheckedIOException if the folder cannot be made or written to
     */
    public static FolderLock take(Path folder) {
        try {
            AtomicFiles.makeFolder(folder.toAbsolutePath());
            FileChannel channel =
                    FileChannel.open(folder.resolve(NAME), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
            if (lock(channel).isEmpty()) {
                channel.close();
                throw new InputException("another run is at work in " + folder
                        + "; wait until it has ended, or name another folder with --out");
            }
            for (Path each : withSubfolders(folder)) {
                AtomicFiles.removeUnfinished(each);
            }
            return new FolderLock(channel);
        } catch (IOException e) {
            throw new UncheckedIOException("cannot use " + folder + ": " + AtomicFiles.reason(e), e);
        }
    }

    private static Optional<FileLock> lock(FileChannel channel) throws IOException {
        try {
            return Optional.ofNullable(channel.tryLock());
        } catch (OverlappingFileLockException e) { // another thread of this process has it
            return Optional.empty();
        }
    }

    private static List<Path> withSubfolders(Path folder) throws IOException {
        List<Path> folders = new ArrayList<>(List.of(folder));
        try (DirectoryStream<Path> below = Files.newDirectoryStream(folder, Files::isDirectory)) {
            below.forEach(folders::add);
        }
        return folders;
    }

    /** Lets go of the folder. */
    @Override
    public void close() {
        try {
            channel.close();
        } catch (IOException e) {
            throw new UncheckedIOException("cannot let go of a folder: " + AtomicFiles.reason(e), e);
        }
    }
}
