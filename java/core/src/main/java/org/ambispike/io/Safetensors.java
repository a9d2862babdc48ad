package org.ambispike.io;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.TreeMap;
import org.ambispike.graph.HostTensor;

/**
 * Writes safetensors files (https://github.com/huggingface/safetensors): the header's length as 8 little-endian bytes,
 * a JSON header, and the tensors' values. Equal content gives equal bytes, for names and metadata are sorted.
 * {@link SafetensorsReader} reads them.
 */
public final class Safetensors {
    /** The largest header that is read; far above what a network needs. */
    static final int MAX_HEADER_BYTES = 1 << 24;

    /** The largest tensor, in elements: what a Java array holds. */
    static final int MAX_ELEMENTS = Integer.MAX_VALUE - 8;

    /** Elements that are encoded or decoded at a time. */
    static final int CHUNK_ELEMENTS = 1 << 14;

    private Safetensors() {}

    /** The header under which {@link #write} stores these tensors. */
    static SafetensorsHeader header(Map<String, String> metadata, Map<String, HostTensor> tensors) {
        Map<String, TensorEntry> entries = new LinkedHashMap<>();
        long offset = 0;
        for (Map.Entry<String, HostTensor> tensor : new TreeMap<>(tensors).entrySet()) {
            String name = tensor.getKey();
            if (name.equals(SafetensorsHeader.METADATA)) {
                throw new IllegalArgumentException("a tensor cannot be called " + name);
            }
            long end = offset + tensor.getValue().shape().elements() * ElementType.F32.bytes();
            entries.put(
                    name,
                    new TensorEntry(name, ElementType.F32, tensor.getValue().shape(), offset, end));
            offset = end;
        }
        return new SafetensorsHeader(new TreeMap<>(metadata), entries);
    }

    /**
     * Writes a file atomically; tensors are stored as F32.
     *
     * @throws IllegalArgumentException if a tensor is called {@code __metadata__}, or the header exceeds
     *     {@link #MAX_HEADER_BYTES}
     */
    public static void write(Path target, Map<String, String> metadata, Map<String, HostTensor> tensors) {
        SafetensorsHeader header = header(metadata, tensors);
        AtomicFiles.write(target, out -> {
            byte[] json = header.toBytes();
            if (json.length > MAX_HEADER_BYTES) {
                throw new IllegalArgumentException("a header of " + json.length + " bytes is too large");
            }
            out.write(ByteBuffer.allocate(Long.BYTES)
                    .order(ByteOrder.LITTLE_ENDIAN)
                    .putLong(json.length)
                    .array());
            out.write(json);
            for (String name : header.entries().keySet()) {
                writeValues(out, tensors.get(name).values());
            }
        });
    }

    /** Writes floats, little-endian. */
    public static void writeValues(OutputStream out, float[] values) throws IOException {
        ByteBuffer chunk =
                ByteBuffer.allocate(CHUNK_ELEMENTS * ElementType.F32.bytes()).order(ByteOrder.LITTLE_ENDIAN);
        for (int from = 0; from < values.length; from += CHUNK_ELEMENTS) {
            int count = Math.min(CHUNK_ELEMENTS, values.length - from);
            chunk.asFloatBuffer().put(values, from, count);
            out.write(chunk.array(), 0, count * ElementType.F32.bytes());
        }
    }
}
