package org.ambispike.spark;

import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.util.Arrays;
import java.util.Optional;
import org.ambispike.common.InputException;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileStatus;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;

/** Keeps the state of the last round in a folder of any file system that Hadoop knows. Used by the driver. */
final class RoundFolder {
    private static final String PREFIX = "round-";

    private final Path folder;
    private final FileSystem files;

    RoundFolder(String folder, Configuration hadoop) {
        this.folder = new Path(folder);
        try {
            this.files = this.folder.getFileSystem(hadoop);
        } catch (IOException e) {
            throw fault(e);
        }
    }

    private InputException fault(IOException e) {
        return new InputException("the folder of rounds " + folder + " cannot be used: " + e.getMessage(), e);
    }

    private Optional<Path> last() throws IOException {
        try {
            return Arrays.stream(files.listStatus(folder))
                    .map(FileStatus::getPath)
                    .filter(file -> file.getName().matches(PREFIX + "\\d+"))
                    .max((a, b) -> a.getName().compareTo(b.getName()));
        } catch (FileNotFoundException e) {
            return Optional.empty();
        }
    }

    /** Reads the last whole round; that before the first if there is none. */
    RoundState load() {
        try {
            Optional<Path> file = last();
            if (file.isEmpty()) {
                return RoundState.none();
            }
            try (InputStream in = files.open(file.get())) {
                return new RoundState(in.readAllBytes());
            }
        } catch (IOException e) {
            throw fault(e);
        }
    }

    /** Writes a round beside the one before, renames it, and deletes the one before. */
    void save(RoundState state) {
        try {
            Optional<Path> before = last();
            Path target = new Path(folder, String.format("%s%06d", PREFIX, state.rounds()));
            Path part = new Path(folder, target.getName() + ".part");
            try (OutputStream out = files.create(part, true)) {
                out.write(state.file());
            }
            if (!files.rename(part, target)) {
                throw new IOException(part + " could not be renamed to " + target);
            }
            if (before.isPresent() && !before.get().getName().equals(target.getName())) {
                files.delete(before.get(), false);
            }
        } catch (IOException e) {
            throw fault(e);
        }
    }

    @Override
    public String toString() {
        return folder.toString();
    }
}
