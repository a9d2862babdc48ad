package org.ambispike.support;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Random;

/** Damaged copies of files. */
public final class Mutations {
    private Mutations() {}

    /** One to three faults within the first {@code range} bytes. */
    public static byte[] of(byte[] valid, int range, Random random) {
        byte[] bytes = valid.clone();
        for (int faults = 1 + random.nextInt(3); faults > 0 && bytes.length > 0; faults--) {
            int at = random.nextInt(Math.min(range, bytes.length));
            int length = Math.min(1 + random.nextInt(20), bytes.length - at);
            switch (random.nextInt(6)) {
                case 0 -> bytes[at] ^= (byte) (1 << random.nextInt(8));
                case 1 -> bytes[at] = (byte) random.nextInt();
                case 2 -> bytes = Arrays.copyOf(bytes, at);
                case 3 -> bytes = splice(bytes, at, at + length, new byte[0]);
                case 4 -> bytes = splice(bytes, at, at, Arrays.copyOfRange(bytes, at, at + length));
                default -> {
                    byte[] token =
                            "0123456789{}[],:\"".substring(random.nextInt(17)).getBytes(StandardCharsets.US_ASCII);
                    bytes[at] = token[0];
                }
            }
        }
        return bytes;
    }

    private static byte[] splice(byte[] bytes, int from, int to, byte[] middle) {
        byte[] spliced = Arrays.copyOf(bytes, from + middle.length + bytes.length - to);
        System.arraycopy(middle, 0, spliced, from, middle.length);
        System.arraycopy(bytes, to, spliced, from + middle.length, bytes.length - to);
        return spliced;
    }
}
