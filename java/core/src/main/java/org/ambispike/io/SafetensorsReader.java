package org.ambispike.io;

import java.io.Closeable;
import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.function.Consumer;
import org.ambispike.common.InputException;
import org.ambispike.graph.HostTensor;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Reads a safetensors file, or one that is in memory, one tensor at a time. The header is read and checked on opening; memory is
 * bounded by the size of the file. For one thread.
 */
public final class SafetensorsReader implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(SafetensorsReader.class);

    /**
     * Where bytes come from.
     *
     * @param size of all of them
     * @param close frees what holds them
     */
    private record Source(Bytes bytes, long size, Closeable close) {}

    private interface Bytes {
        /** Reads bytes from a position on, as {@link FileChannel#read(ByteBuffer, long)} does. */
        int read(ByteBuffer target, long position) throws IOException;
    }

    private final Path file;
    private final Source source;
    private final SafetensorsHeader header;
    private final long dataStart;

    private SafetensorsReader(Path file, Source source, SafetensorsHeader header, long dataStart) {
        this.file = file;
        this.source = source;
        this.header = header;
        this.dataStart = dataStart;
    }

    /** @throws InputException naming the file and the fault, if it cannot be read or is not a safetensors file */
    public static SafetensorsReader open(Path file) {
        if (!Files.isRegularFile(file)) {
            throw FileFault.of(file, Files.exists(file) ? "is not a regular file" : "there is no such file");
        }
        try {
            long size = Files.size(file);
            FileChannel channel = FileChannel.open(file);
            return open(file, new Source(channel::read, size, channel));
        } catch (IOException e) {
            throw unreadable(file, e);
        }
    }

    /**
     * Opens a file that is in memory.
     *
     * @param name for messages
     * @param bytes from position to limit; not to be changed as long as they are read
     * @throws InputException as {@link #open(Path)}
     */
    static SafetensorsReader open(String name, ByteBuffer bytes) {
        ByteBuffer whole = bytes.slice();
        Bytes memory = (target, position) -> {
            int count = Math.min(target.remaining(), whole.limit() - (int) position);
            target.put(whole.slice((int) position, count));
            return count;
        };
        return open(Path.of(name), new Source(memory, whole.limit(), () -> {}));
    }

    private static SafetensorsReader open(Path file, Source source) {
        SafetensorsReader reader = null;
        try {
            if (file.toString().endsWith(".onnx")) {
                throw new InputException(file + " is an ONNX file; ambispike import " + file + " makes a model of it");
            }
            long size = source.size();
            if (size < Long.BYTES) {
                throw FileFault.of(file, "has " + size + " bytes and so is no safetensors file");
            }
            ByteBuffer prefix = ByteBuffer.allocate(Long.BYTES).order(ByteOrder.LITTLE_ENDIAN);
            fill(source, prefix, 0);
            long length = prefix.getLong(0);
            if (length < 0 || length > size - Long.BYTES || length > Safetensors.MAX_HEADER_BYTES) {
                throw FileFault.of(
                        file,
                        "announces a header of " + Long.toUnsignedString(length) + " bytes in a file of " + size
                                + ", so it is cut short or no safetensors file (the largest header read is "
                                + Safetensors.MAX_HEADER_BYTES + ")");
            }
            ByteBuffer json = ByteBuffer.allocate((int) length);
            fill(source, json, Long.BYTES);
            long dataStart = Long.BYTES + length;
            SafetensorsHeader header = SafetensorsHeader.parse(file, json.array(), size - dataStart);
            reader = new SafetensorsReader(file, source, header, dataStart);
            return reader;
        } catch (IOException e) {
            throw unreadable(file, e);
        } finally {
            if (reader == null) {
                closeQuietly(file, source);
            }
        }
    }

    public SafetensorsHeader header() {
        return header;
    }

    Path file() {
        return file;
    }

    /** Size of the file in bytes. */
    public long size() {
        return source.size();
    }

    /** Reads one tensor, as floats whatever its type. */
    public HostTensor read(TensorEntry entry) {
        float[] values = new float[Math.toIntExact(entry.shape().elements())];
        int[] filled = {0};
        forEachChunk(entry, chunk -> {
            int count = chunk.remaining() / entry.type().bytes();
            entry.type().decode(chunk, values, filled[0], count);
            filled[0] += count;
        });
        return new HostTensor(entry.shape(), values);
    }

    /** Passes the bytes of one tensor on, in order, little-endian, a whole number of elements at a time. */
    void forEachChunk(TensorEntry entry, Consumer<ByteBuffer> consumer) {
        // no more than the tensor has, so that a file of many small ones does not cost more memory than its size
        int chunkBytes =
                (int) Math.min((long) Safetensors.CHUNK_ELEMENTS * entry.type().bytes(), entry.end() - entry.begin());
        ByteBuffer chunk = ByteBuffer.allocate(chunkBytes).order(ByteOrder.LITTLE_ENDIAN);
        try {
            for (long at = entry.begin(); at < entry.end(); at += chunkBytes) {
                chunk.clear().limit((int) Math.min(chunkBytes, entry.end() - at));
                fill(source, chunk, dataStart + at);
                consumer.accept(chunk.flip());
            }
        } catch (IOException e) {
            throw unreadable(file, e);
        }
    }

    @Override
    public void close() {
        closeQuietly(file, source);
    }

    private static void fill(Source source, ByteBuffer target, long position) throws IOException {
        while (target.hasRemaining()) {
            int count = source.bytes().read(target, position + target.position());
            if (count < 0) {
                throw new EOFException("it became shorter while it was read");
            }
        }
    }

    private static InputException unreadable(Path file, IOException cause) {
        return FileFault.of(file, "cannot be read: " + AtomicFiles.reason(cause), cause);
    }

    private static void closeQuietly(Path file, Source source) {
        try {
            source.close().close();
        } catch (IOException e) {
            LOG.warn("cannot close {}", file, e);
        }
    }
}
