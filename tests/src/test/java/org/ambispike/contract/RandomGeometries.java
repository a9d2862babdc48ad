package org.ambispike.contract;

import java.util.List;
import java.util.Random;
import java.util.stream.Stream;
import org.ambispike.graph.ConvGeometry;
import org.ambispike.graph.WindowAxis;

/** Convolutions of any form: odd sizes, windows that differ by direction, each kind of groups. */
final class RandomGeometries {
    private RandomGeometries() {}

    /** Some that are chosen, and {@code count} at random. */
    static Stream<ConvGeometry> of(long seed, int count) {
        Random random = new Random(seed);
        return Stream.concat(chosen(), Stream.generate(() -> any(random)).limit(count));
    }

    private static Stream<ConvGeometry> chosen() {
        WindowAxis row = WindowAxis.padded(1, 1, 1, 1, 0, 0);
        WindowAxis nine = WindowAxis.padded(9, 3, 1, 1, 1, 1);
        return Stream.of(
                // signals of one row: causal, dilated, strided with padding as TensorFlow has it
                new ConvGeometry(3, 8, 1, row, WindowAxis.padded(17, 3, 1, 4, 8, 0)),
                new ConvGeometry(16, 16, 16, row, WindowAxis.padded(30, 7, 2, 1, 2, 3)),
                // a kernel that is larger than the map, windows in the padding as a whole, places that none reads
                new ConvGeometry(4, 6, 2, WindowAxis.padded(2, 7, 1, 1, 3, 3), nine),
                new ConvGeometry(2, 3, 1, WindowAxis.padded(3, 2, 1, 1, 3, 4), nine),
                new ConvGeometry(5, 5, 5, WindowAxis.padded(10, 3, 4, 1, 0, 0), WindowAxis.padded(11, 2, 3, 3, 4, 0)),
                // wide enough for kernels of vectors
                new ConvGeometry(
                        64, 64, 64, WindowAxis.padded(12, 3, 1, 2, 2, 2), WindowAxis.padded(10, 3, 2, 1, 0, 1)),
                new ConvGeometry(32, 48, 1, WindowAxis.padded(8, 1, 1, 1, 0, 0), WindowAxis.padded(9, 7, 1, 1, 3, 3)),
                new ConvGeometry(32, 64, 2, WindowAxis.padded(11, 3, 2, 3, 0, 5), nine));
    }

    private static ConvGeometry any(Random random) {
        int groups = oneOf(random, 1, 1, 2, 3, 8, 16);
        boolean depthwise = random.nextInt(3) == 0;
        int inputs = depthwise ? 1 : oneOf(random, 1, 2, 3, 8);
        int outputs = depthwise ? 1 : oneOf(random, 1, 2, 5, 8);
        return new ConvGeometry(groups * inputs, groups * outputs, groups, axis(random), axis(random));
    }

    private static WindowAxis axis(Random random) {
        int kernel = oneOf(random, 1, 2, 3, 3, 5, 7);
        int dilation = oneOf(random, 1, 1, 2, 3);
        int reach = (kernel - 1) * dilation + 1;
        int before = random.nextInt(reach + 1);
        int after = random.nextInt(reach + 1);
        int extent = Math.max(1, reach - before - after) + random.nextInt(12);
        return WindowAxis.padded(extent, kernel, 1 + random.nextInt(3), dilation, before, after);
    }

    private static int oneOf(Random random, Integer... values) {
        return List.of(values).get(random.nextInt(values.length));
    }
}
