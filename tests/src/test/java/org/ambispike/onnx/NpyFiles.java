package org.ambispike.onnx;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/** Reads the float arrays among the tests' resources, NumPy's format 1.0. */
final class NpyFiles {
    private static final int PREFIX = 10;

    private NpyFiles() {}

    static byte[] resource(String name) {
        try (InputStream in = NpyFiles.class.getResourceAsStream(name)) {
            return in.readAllBytes();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    static float[] floats(String name) {
        ByteBuffer bytes = ByteBuffer.wrap(resource(name)).order(ByteOrder.LITTLE_ENDIAN);
        bytes.position(PREFIX + bytes.getShort(PREFIX - 2));
        float[] values = new float[bytes.remaining() / Float.BYTES];
        bytes.asFloatBuffer().get(values);
        return values;
    }
}
