package org.ambispike.exec;

/** Buffers start on 64-byte boundaries. */
final class Alignment {
    private static final long BYTES = 64;

    private Alignment() {}

    static long bytes(long bytes) {
        return (bytes + BYTES - 1) / BYTES * BYTES;
    }

    static long floats(long floats) {
        return bytes(floats * Float.BYTES) / Float.BYTES;
    }
}
