package org.ambispike.io;

import com.fasterxml.jackson.core.type.TypeReference;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import org.ambispike.common.InputException;
import org.ambispike.graph.HostTensor;

/**
 * Checkpoint files: safetensors with the arrays as tensors and, as JSON in the metadata, the state. Written atomically, so
 * that a killed run leaves the last whole one. Thread-safe.
 */
public final class CheckpointFiles {
    public static final String FORMAT = "ambispike-checkpoint";

    private static final String STATE = "state";
    private static final TypeReference<Map<String, String>> STATE_TYPE = new TypeReference<>() {};

    private CheckpointFiles() {}

    /**
     * Writes a checkpoint over the last one.
     *
     * @throws InputException if the target is no place for a file
     * @throws UncheckedIOException naming the target, if it cannot be written
     */
    public static void write(Path target, Checkpoint checkpoint) {
        StampedFile.write(target, FORMAT, Map.of(STATE, StrictJson.write(checkpoint.state())), checkpoint.tensors());
    }

    /**
     * Reads and checks a checkpoint; its tensors come in the order of their names.
     *
     * @throws InputException naming the file and the fault, if it is not a whole checkpoint of a known version
     */
    public static Checkpoint read(Path file) {
        try (SafetensorsReader reader =
                StampedFile.require(SafetensorsReader.open(file), FORMAT, Set.of(STATE, StampedFile.CHECKSUM))) {
            Map<String, HostTensor> tensors = new LinkedHashMap<>();
            for (TensorEntry entry : reader.header().entries().values()) {
                tensors.put(entry.name(), reader.read(entry));
            }
            return new Checkpoint(StrictJson.read(reader.header().metadata().get(STATE), STATE_TYPE), tensors);
        } catch (IllegalArgumentException e) {
            throw FileFault.of(file, "its state or tensors are damaged: " + e.getMessage(), e);
        }
    }

    public static boolean exists(Path file) {
        return Files.exists(file);
    }

    /**
     * Removes a checkpoint that is no longer needed; nothing happens if there is none.
     *
     * @throws UncheckedIOException naming the file, if it cannot be removed
     */
    public static void delete(Path file) {
        try {
            Files.deleteIfExists(file);
        } catch (IOException e) {
            throw new UncheckedIOException("cannot remove " + file + ": " + AtomicFiles.reason(e), e);
        }
    }
}
