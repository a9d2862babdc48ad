package org.ambispike.io;

import java.nio.ByteBuffer;

/** The element types of safetensors and NumPy that can be read; all become floats, those of 32 and 64 bits by rounding. */
public enum ElementType {
    F32(4, ByteBuffer::getFloat),
    F64(8, ByteBuffer::getDouble),
    I64(8, ByteBuffer::getLong),
    I32(4, ByteBuffer::getInt),
    U64(8, (source, at) -> unsigned(source.getLong(at))),
    U32(4, (source, at) -> Integer.toUnsignedLong(source.getInt(at))),
    I16(2, ByteBuffer::getShort),
    U16(2, (source, at) -> Short.toUnsignedInt(source.getShort(at))),
    I8(1, ByteBuffer::get),
    U8(1, (source, at) -> Byte.toUnsignedInt(source.get(at))),
    F16(2, (source, at) -> half(source.getShort(at))),
    BF16(2, (source, at) -> Float.intBitsToFloat(source.getShort(at) << 16));

    private interface Element {
        double at(ByteBuffer source, int position);
    }

    private final int bytes;
    private final Element element;

    ElementType(int bytes, Element element) {
        this.bytes = bytes;
        this.element = element;
    }

    /** Bytes of one element in the file. */
    public int bytes() {
        return bytes;
    }

    /** Returns the element whose bytes begin at a position, in the byte order of the buffer. */
    public double at(ByteBuffer source, int position) {
        return element.at(source, position);
    }

    /**
     * Turns elements into floats.
     *
     * @param source at position 0, in the byte order of the elements
     * @param target receives {@code count} values from index {@code from}
     */
    public void decode(ByteBuffer source, float[] target, int from, int count) {
        if (this == F32) {
            source.asFloatBuffer().get(target, from, count);
            return;
        }
        for (int index = 0; index < count; index++) {
            target[from + index] = (float) element.at(source, index * bytes);
        }
    }

    private static double unsigned(long bits) {
        return bits >= 0 ? bits : (bits >>> 1) * 2.0;
    }

    /** Returns what a number of IEEE 754 of 5 bits of exponent and 10 of fraction is worth. */
    public static double half(short bits) {
        int exponent = bits >> 10 & 0x1f;
        int fraction = bits & 0x3ff;
        double sign = bits < 0 ? -1 : 1;
        if (exponent == 0x1f) {
            return fraction == 0 ? sign * Double.POSITIVE_INFINITY : Double.NaN;
        }
        double magnitude = exponent == 0 ? fraction * 0x1p-24 : Math.scalb(fraction + 1024.0, exponent - 25);
        return sign * magnitude;
    }
}
