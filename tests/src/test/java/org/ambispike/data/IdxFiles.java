package org.ambispike.data;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.zip.GZIPOutputStream;

/** Makes small IDX files for tests. */
public final class IdxFiles {
    private IdxFiles() {}

    /** A file of unsigned bytes with these extents and values, which need not fit together. */
    public static byte[] idx(int[] extents, byte[] values) {
        ByteBuffer bytes = ByteBuffer.allocate(4 + 4 * extents.length + values.length);
        bytes.putInt(0x0800 | extents.length);
        for (int extent : extents) {
            bytes.putInt(extent);
        }
        return bytes.put(values).array();
    }

    static byte[] gzip(byte[] content) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (GZIPOutputStream out = new GZIPOutputStream(bytes)) {
            out.write(content);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return bytes.toByteArray();
    }

    public static Path write(Path file, byte[] content) {
        try {
            Files.createDirectories(file.getParent());
            return Files.write(file, content);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** A folder with the four files of Fashion-MNIST, three training and two test images; plain and gzipped mixed. */
    static Path fashionMnist(Path folder) {
        write(folder.resolve("train-images-idx3-ubyte"), idx(new int[] {3, 28, 28}, ramp(3 * 784)));
        write(folder.resolve("train-labels-idx1-ubyte.gz"), gzip(idx(new int[] {3}, new byte[] {9, 0, 5})));
        write(folder.resolve("t10k-images-idx3-ubyte.gz"), gzip(idx(new int[] {2, 28, 28}, ramp(2 * 784))));
        write(folder.resolve("t10k-labels-idx1-ubyte"), idx(new int[] {2}, new byte[] {1, 2}));
        return folder;
    }

    /** 0, 1, 2, ... as bytes. */
    static byte[] ramp(int length) {
        byte[] values = new byte[length];
        for (int i = 0; i < length; i++) {
            values[i] = (byte) i;
        }
        return values;
    }
}
