package org.ambispike.support;

/** Unsigned bytes, four in each 32-bit word, the first in its lowest bits. */
public final class ByteWords {
    private static final int BITS = 8;
    private static final int LOW = 0xff;

    private ByteWords() {}

    /** In whole words; the last bytes may be unused. */
    public static int[] pack(int... bytes) {
        int[] words = new int[(bytes.length + Integer.BYTES - 1) / Integer.BYTES];
        for (int i = 0; i < bytes.length; i++) {
            words[i / Integer.BYTES] |= (bytes[i] & LOW) << BITS * (i % Integer.BYTES);
        }
        return words;
    }

    /** @param words as a backend gives 32-bit elements */
    public static int[] unpack(float[] words, int count) {
        int[] bytes = new int[count];
        for (int i = 0; i < count; i++) {
            bytes[i] = Float.floatToRawIntBits(words[i / Float.BYTES]) >>> BITS * (i % Float.BYTES) & LOW;
        }
        return bytes;
    }
}
