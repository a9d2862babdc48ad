package org.ambispike.device;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.ambispike.backend.Backend;
import org.ambispike.backend.BlockCopy;
import org.ambispike.backend.BlockCopy.Extent;
import org.ambispike.backend.DeviceBuffer;
import org.ambispike.backend.LinearAlgebra.Element;
import org.ambispike.backend.SampleTables;
import org.ambispike.graph.Op;
import org.ambispike.graph.SampledAxis;
import org.ambispike.graph.SampledAxis.Window;

/** Copies of blocks, sums of them, and maps along the axes of images: of floats, and copies of bytes too. */
final class RearrangementWork {
    private static final int BATCH = 3;
    private static final int STEPS = 4;

    /** Every byte is at most 63, so that four of them are a number. */
    private static final int SMALL_BYTES = 0x3f3f3f3f;

    private static final SampledAxis LINEAR = new SampledAxis(
            5,
            List.of(
                    Window.of(0),
                    new Window(0, List.of(0.75f, 0.25f)),
                    new Window(1, List.of(0.3f, -0.1f, 0.8f)),
                    new Window(2, List.of()),
                    new Window(3, List.of(0.5f, 0.5f)),
                    Window.of(4),
                    Window.of(0)));
    private static final SampledAxis PADDED = SampledAxis.copies(7, IntStream.of(-1, 2, 1, 0, 1, 2, 3, 4, 5, 6, 6, -1));

    private RearrangementWork() {}

    /** The order of additions is the same on all devices. */
    static List<float[]> passes(Backend backend) {
        List<float[]> results = new ArrayList<>();
        for (int channels : new int[] {5, 12, 16}) {
            SampledAxis same = SampledAxis.unchanged(channels);
            int[] shuffled = IntStream.range(0, channels + 2)
                    .map(c -> c % 6 == 5 ? -1 : c * 7 % channels)
                    .toArray();
            SampledAxis shuffle = SampledAxis.copies(channels, IntStream.of(shuffled));
            try (Workspace space = new Workspace(backend, channels)) {
                results.addAll(map(backend, space, new Op.Resample(LINEAR, PADDED, same)));
                results.addAll(map(backend, space, new Op.Resample(LINEAR, PADDED, shuffle)));
                for (int bytes : new int[] {1, 2, 4}) {
                    results.add(copy(backend, space, new Op.Resample(PADDED, PADDED, same), bytes));
                    results.add(copy(backend, space, new Op.Resample(PADDED, PADDED, shuffle), bytes));
                }
                results.addAll(blocks(backend, space, channels));
            }
        }
        return results;
    }

    /** Forward, and the adjoint. */
    private static List<float[]> map(Backend backend, Workspace space, Op.Resample op) {
        List<float[]> results = new ArrayList<>();
        SampleTables forward = SampleTables.of(op);
        long from = BATCH * elements(op, false);
        long to = BATCH * elements(op, true);
        for (SampleTables tables : List.of(forward, forward.transposed())) {
            boolean back = tables != forward;
            DeviceBuffer y = space.result("y", back ? from : to);
            DeviceBuffer x = space.gaussian("x", back ? to : from);
            backend.linear().resample(tables, space.upload("tables", tables.values()), x, y, BATCH);
            results.add(space.floats(y));
        }
        return results;
    }

    private static long elements(Op.Resample op, boolean result) {
        return result
                ? (long) op.down().places()
                        * op.across().places()
                        * op.channels().places()
                : (long) op.down().extent()
                        * op.across().extent()
                        * op.channels().extent();
    }

    private static float[] copy(Backend backend, Workspace space, Op.Resample op, int bytes) {
        SampleTables tables = SampleTables.of(op);
        DeviceBuffer table = space.upload("tables", tables.values());
        DeviceBuffer x = numbers(space, BATCH * elements(op, false) * bytes);
        DeviceBuffer y = numbers(space, BATCH * elements(op, true) * bytes);
        backend.linear().copyPlaces(tables, table, x, y, BATCH, new Element(bytes, 32));
        return space.floats(y);
    }

    private static DeviceBuffer numbers(Workspace space, long bytes) {
        int[] values = IntStream.range(0, Math.toIntExact(bytes / Integer.BYTES + 1))
                .map(index -> space.below(Integer.MAX_VALUE) & SMALL_BYTES)
                .toArray();
        return space.upload("bytes", values);
    }

    /** Joins what is the same at each step to what is not, in elements of several sizes, and goes back. */
    private static List<float[]> blocks(Backend backend, Workspace space, int channels) {
        List<float[]> results = new ArrayList<>();
        for (int bytes : new int[] {1, 2, 4}) {
            long block = (long) channels * bytes;
            long width = block + 3L * bytes;
            long step = 35 * width;
            BlockCopy copy = new BlockCopy(
                    new Extent(STEPS, 0, step),
                    new Extent(7, block, 5 * width),
                    new Extent(5, 7 * block, width),
                    block,
                    0,
                    bytes);
            DeviceBuffer y = numbers(space, STEPS * step);
            backend.linear().copyBlocks(copy, numbers(space, 35 * block), y);
            results.add(space.floats(y));
            if (bytes == Float.BYTES) {
                DeviceBuffer back = space.result("back", 35L * channels);
                backend.linear().copyBlocks(copy.transposed(), space.gaussian("gradient", STEPS * step / bytes), back);
                results.add(space.floats(back));
            }
        }
        return results;
    }
}
