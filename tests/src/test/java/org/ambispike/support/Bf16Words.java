package org.ambispike.support;

/** Numbers in bfloat16, two in each 32-bit word, the first in its low half. */
public final class Bf16Words {
    private static final int HALF = 16;
    private static final int LOW = 0xffff;

    private Bf16Words() {}

    /** The nearest number that bf16 has, ties to even; through double, which a kernel would not take. */
    public static float rounded(float x) {
        if (x == 0 || !Float.isFinite(x)) {
            return x;
        }
        // 8 significant bits
        double unit = Math.scalb(1.0, Math.max(Math.getExponent(x), Float.MIN_EXPONENT) - 7);
        return (float) (Math.rint(x / unit) * unit);
    }

    /** In an even number of halves; the last may be unused. */
    public static int[] pack(float... values) {
        int[] words = new int[(values.length + 1) / 2];
        for (int i = 0; i < values.length; i++) {
            int half = Float.floatToRawIntBits(rounded(values[i])) >>> HALF;
            words[i / 2] |= half << HALF * (i % 2);
        }
        return words;
    }

    /** @param words as a backend gives 32-bit elements */
    public static float[] unpack(float[] words, int count) {
        float[] values = new float[count];
        for (int i = 0; i < count; i++) {
            int half = Float.floatToRawIntBits(words[i / 2]) >>> HALF * (i % 2) & LOW;
            values[i] = Float.intBitsToFloat(half << HALF);
        }
        return values;
    }
}
