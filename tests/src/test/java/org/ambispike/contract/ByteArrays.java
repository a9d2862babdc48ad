package org.ambispike.contract;

import java.util.Random;
import java.util.stream.IntStream;
import org.ambispike.backend.DeviceBuffer;
import org.ambispike.backend.Int8Operations;
import org.ambispike.support.ByteWords;

/** Bytes in buffers of 32-bit elements, as unsigned numbers. */
final class ByteArrays {
    private static final int LOW = 0xff;

    private ByteArrays() {}

    /** Levels, at most so many of either sign. */
    static int[] randomLevels(Random random, int count, int most) {
        return IntStream.generate(() -> random.nextInt(2 * most + 1) - most)
                .limit(count)
                .toArray();
    }

    /** As the bytes that a device has for them. */
    static DeviceBuffer uploadLevels(DeviceArrays arrays, String label, int[] levels, Int8Operations device) {
        return upload(
                arrays,
                label,
                IntStream.of(levels).map(level -> level + device.zero() & LOW).toArray());
    }

    static int[] downloadLevels(DeviceArrays arrays, DeviceBuffer source, int count, Int8Operations device) {
        return IntStream.of(download(arrays, source, count))
                .map(each -> (byte) (each - device.zero()))
                .toArray();
    }

    static DeviceBuffer upload(DeviceArrays arrays, String label, int[] bytes) {
        return arrays.upload(label, ByteWords.pack(bytes));
    }

    /** A place for results behind which nothing may be written but what fills the last 32-bit element. */
    static DeviceBuffer output(DeviceArrays arrays, String label, int bytes) {
        return arrays.output(label, (bytes + 3) / 4);
    }

    static int[] download(DeviceArrays arrays, DeviceBuffer source, int count) {
        return ByteWords.unpack(arrays.download(source), count);
    }
}
