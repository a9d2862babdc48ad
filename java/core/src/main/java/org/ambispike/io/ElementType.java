package org.ambispike.io;

import java.nio.ByteBuffer;

/** The element types of safetensors that can be read; all become floats, F64, I64 and I32 by rounding. */
public enum ElementType {
    F32(4) {
        @Override
        void decode(ByteBuffer source, float[] target, int from, int count) {
            source.asFloatBuffer().get(target, from, count);
        }
    },
    F64(8) {
        @Override
        void decode(ByteBuffer source, float[] target, int from, int count) {
            for (int i = 0; i < count; i++) {
                target[from + i] = (float) source.getDouble(i * Double.BYTES);
            }
        }
    },
    I64(8) {
        @Override
        void decode(ByteBuffer source, float[] target, int from, int count) {
            for (int i = 0; i < count; i++) {
                target[from + i] = source.getLong(i * Long.BYTES);
            }
        }
    },
    I32(4) {
        @Override
        void decode(ByteBuffer source, float[] target, int from, int count) {
            for (int i = 0; i < count; i++) {
                target[from + i] = source.getInt(i * Integer.BYTES);
            }
        }
    },
    U8(1) {
        @Override
        void decode(ByteBuffer source, float[] target, int from, int count) {
            for (int i = 0; i < count; i++) {
                target[from + i] = Byte.toUnsignedInt(source.get(i));
            }
        }
    },
    BF16(2) {
        @Override
        void decode(ByteBuffer source, float[] target, int from, int count) {
            for (int i = 0; i < count; i++) {
                target[from + i] = Float.intBitsToFloat(source.getShort(i * Short.BYTES) << 16);
            }
        }
    };

    private final int bytes;

    ElementType(int bytes) {
        this.bytes = bytes;
    }

    /** Bytes of one element in the file. */
    int bytes() {
        return bytes;
    }

    /**
     * Turns elements into floats.
     *
     * @param source little-endian, at position 0
     * @param target receives {@code count} values from index {@code from}
     */
    abstract void decode(ByteBuffer source, float[] target, int from, int count);
}
