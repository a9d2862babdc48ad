package org.ambispike.io;

import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import org.ambispike.common.InputException;
import org.ambispike.graph.Graph;
import org.ambispike.graph.HostTensor;
import org.ambispike.graph.Shape;
import org.ambispike.graph.Weights;

/**
 * Model files: safetensors with the parameters as tensors and, as JSON in the metadata, the graph and what is known about
 * the network. Equal models give equal bytes. Thread-safe. The format is described in {@code docs/formats.md}.
 */
public final class ModelFiles {
    public static final String FORMAT = "ambispike-model";

    private static final String GRAPH = "graph";
    private static final String INFO = "info";

    private ModelFiles() {}

    /**
     * Writes a model, atomically; parameters are stored as F32.
     *
     * @throws InputException if the target is no place for a file
     * @throws java.io.UncheckedIOException naming the target, if it cannot be written
     */
    public static void write(Path target, SavedModel model) {
        Map<String, String> metadata =
                Map.of(GRAPH, GraphJson.write(model.graph()), INFO, StrictJson.write(model.info()));
        StampedFile.write(target, FORMAT, metadata, model.weights().tensors());
    }

    /**
     * Reads and checks a model.
     *
     * @throws InputException naming the file and the fault, if it is not a whole, valid model file of a known version
     */
    public static SavedModel read(Path file) {
        return read(SafetensorsReader.open(file));
    }

    /**
     * Reads and checks a model that is in memory.
     *
     * @param name for messages
     * @param bytes of its file, from position to limit
     * @throws InputException as {@link #read(Path)}
     */
    public static SavedModel read(String name, ByteBuffer bytes) {
        return read(SafetensorsReader.open(name, bytes));
    }

    /**
     * Reads and checks a model of up to 2 GiB from a stream, to its end.
     *
     * @param name for messages
     * @param in stays open
     * @throws InputException as {@link #read(Path)}
     */
    public static SavedModel read(String name, InputStream in) {
        try {
            return read(name, ByteBuffer.wrap(in.readAllBytes()));
        } catch (IOException e) {
            throw FileFault.of(Path.of(name), "cannot be read: " + AtomicFiles.reason(e), e);
        }
    }

    private static SavedModel read(SafetensorsReader opened) {
        try (SafetensorsReader reader = StampedFile.require(opened, FORMAT, Set.of(GRAPH, INFO))) {
            return content(reader);
        }
    }

    private static SavedModel content(SafetensorsReader reader) {
        Map<String, String> metadata = reader.header().metadata();
        String part = "its graph: ";
        try {
            Graph graph = GraphJson.read(metadata.get(GRAPH));
            part = "its info: ";
            ModelInfo info = StrictJson.read(metadata.get(INFO), ModelInfo.class);
            part = "its content does not fit together: ";
            return new SavedModel(graph, weights(reader, graph), info);
        } catch (IllegalArgumentException e) {
            throw FileFault.of(reader.file(), part + e.getMessage(), e);
        }
    }

    /** The weights in the graph's order; what the header alone shows to be wrong is refused before any are read. */
    private static Weights weights(SafetensorsReader reader, Graph graph) {
        Map<String, TensorEntry> entries = reader.header().entries();
        Map<String, Shape> expected = graph.parameterShapes();
        for (TensorEntry entry : entries.values()) {
            if (!expected.containsKey(entry.name())) {
                throw new IllegalArgumentException(
                        "tensor " + FileFault.quoted(entry.name()) + " belongs to no node of the graph");
            }
        }
        Map<String, HostTensor> tensors = new LinkedHashMap<>();
        for (String name : expected.keySet()) {
            if (entries.containsKey(name)) {
                tensors.put(name, reader.read(entries.get(name)));
            }
        }
        return new Weights(tensors);
    }
}
