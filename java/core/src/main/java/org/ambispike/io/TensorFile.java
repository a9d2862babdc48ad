package org.ambispike.io;

import java.nio.file.Path;
import java.util.Map;
import org.ambispike.graph.HostTensor;
import org.ambispike.graph.Shape;

/** The tensors of a safetensors file that is no model, by name. For one thread. */
public final class TensorFile implements AutoCloseable {
    private final SafetensorsReader reader;

    private TensorFile(SafetensorsReader reader) {
        this.reader = reader;
    }

    /**
     * Replaces a file by these tensors, as F32, atomically; throws as {@link AtomicFiles#writeBytes}.
     *
     * @param metadata texts by name
     */
    public static void write(Path target, Map<String, String> metadata, Map<String, HostTensor> tensors) {
        Safetensors.write(target, metadata, tensors);
    }

    /** @throws org.ambispike.common.InputException naming the file and the fault, if it cannot be read or is damaged */
    public static TensorFile open(Path file) {
        return new TensorFile(SafetensorsReader.open(file));
    }

    /** @throws org.ambispike.common.InputException if there is no such tensor */
    public Shape shape(String name) {
        return entry(name).shape();
    }

    /** The values of a tensor of unsigned bytes; as {@link #shape}, and if it is of another type. */
    public byte[] bytes(String name) {
        TensorEntry entry = entry(name);
        if (entry.type() != ElementType.U8) {
            throw FileFault.of(
                    reader.file(),
                    "tensor " + FileFault.quoted(name) + " is of type " + entry.type()
                            + "; store bytes from 0 to 255 (U8)");
        }
        byte[] values = new byte[Math.toIntExact(entry.shape().elements())];
        int[] filled = {0};
        reader.forEachChunk(entry, chunk -> {
            int count = chunk.remaining();
            chunk.get(values, filled[0], count);
            filled[0] += count;
        });
        return values;
    }

    /** The values of a tensor of whole numbers below 2^24; as {@link #shape}, and if one is none. */
    public long[] integers(String name) {
        HostTensor tensor = reader.read(entry(name));
        long[] values = new long[tensor.values().length];
        for (int index = 0; index < values.length; index++) {
            values[index] = (long) tensor.values()[index];
            if (values[index] != tensor.values()[index] || Math.abs(values[index]) >= 1 << 24) {
                throw FileFault.of(
                        reader.file(),
                        "tensor " + FileFault.quoted(name) + " holds " + tensor.values()[index]
                                + ", expected whole numbers below 2^24");
            }
        }
        return values;
    }

    private TensorEntry entry(String name) {
        TensorEntry entry = reader.header().entries().get(name);
        if (entry == null) {
            throw FileFault.of(reader.file(), "lacks the tensor " + FileFault.quoted(name));
        }
        return entry;
    }

    @Override
    public void close() {
        reader.close();
    }
}
