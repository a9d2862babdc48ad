package org.ambispike.io;

import java.nio.ByteBuffer;

/** The element types of safetensors and NumPy that can be read; all become floats, those of 32 and 64 bits by rounding. */
public enum ElementType {
    F32(4) {
        @Override
        public void decode(ByteBuffer source, float[] target, int from, int count) {
            source.asFloatBuffer().get(target, from, count);
        }
    },
    F64(8) {
        @Override
        public void decode(ByteBuffer source, float[] target, int from, int count) {
            for (int i = 0; i < count; i++) {
                target[from + i] = (float) source.getDouble(i * Double.BYTES);
            }
        }
    },
    I64(8) {
        @Override
        public void decode(ByteBuffer source, float[] target, int from, int count) {
            for (int i = 0; i < count; i++) {
                target[from + i] = source.getLong(i * Long.BYTES);
            }
        }
    },
    I32(4) {
        @Override
        public void decode(ByteBuffer source, float[] target, int from, int count) {
            for (int i = 0; i < count; i++) {
                target[from + i] = source.getInt(i * Integer.BYTES);
            }
        }
    },
    U64(8) {
        @Override
        public void decode(ByteBuffer source, float[] target, int from, int count) {
            for (int i = 0; i < count; i++) {
                target[from + i] = unsigned(source.getLong(i * Long.BYTES));
            }
        }
    },
    U32(4) {
        @Override
        public void decode(ByteBuffer source, float[] target, int from, int count) {
            for (int i = 0; i < count; i++) {
                target[from + i] = Integer.toUnsignedLong(source.getInt(i * Integer.BYTES));
            }
        }
    },
    I16(2) {
        @Override
        public void decode(ByteBuffer source, float[] target, int from, int count) {
            for (int i = 0; i < count; i++) {
                target[from + i] = source.getShort(i * Short.BYTES);
            }
        }
    },
    U16(2) {
        @Override
        public void decode(ByteBuffer source, float[] target, int from, int count) {
            for (int i = 0; i < count; i++) {
                target[from + i] = Short.toUnsignedInt(source.getShort(i * Short.BYTES));
            }
        }
    },
    I8(1) {
        @Override
        public void decode(ByteBuffer source, float[] target, int from, int count) {
            for (int i = 0; i < count; i++) {
                target[from + i] = source.get(i);
            }
        }
    },
    U8(1) {
        @Override
        public void decode(ByteBuffer source, float[] target, int from, int count) {
            for (int i = 0; i < count; i++) {
                target[from + i] = Byte.toUnsignedInt(source.get(i));
            }
        }
    },
    F16(2) {
        @Override
        public void decode(ByteBuffer source, float[] target, int from, int count) {
            for (int i = 0; i < count; i++) {
                target[from + i] = half(source.getShort(i * Short.BYTES));
            }
        }
    },
    BF16(2) {
        @Override
        public void decode(ByteBuffer source, float[] target, int from, int count) {
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
    public int bytes() {
        return bytes;
    }

    /**
     * Turns elements into floats.
     *
     * @param source at position 0, in the byte order of the elements
     * @param target receives {@code count} values from index {@code from}
     */
    public abstract void decode(ByteBuffer source, float[] target, int from, int count);

    private static float unsigned(long bits) {
        return bits >= 0 ? bits : (float) ((bits >>> 1) * 2.0);
    }

    /** Returns what a number of 5 bits of exponent and 10 of fraction is worth. */
    private static float half(short bits) {
        int exponent = bits >> 10 & 0x1f;
        int fraction = bits & 0x3ff;
        float sign = bits < 0 ? -1 : 1;
        if (exponent == 0x1f) {
            return fraction == 0 ? sign * Float.POSITIVE_INFINITY : Float.NaN;
        }
        float magnitude =
                exponent == 0 ? Math.scalb((float) fraction, -24) : Math.scalb(fraction + 1024f, exponent - 25);
        return sign * magnitude;
    }
}
