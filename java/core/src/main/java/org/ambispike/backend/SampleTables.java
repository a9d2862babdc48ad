package org.ambispike.backend;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import org.ambispike.graph.Op;
import org.ambispike.graph.SampledAxis;
import org.bytedeco.javacpp.IntPointer;

/**
 * A linear map along the axes of an image as kernels read it: what each place of the result reads. Immutable; used by one thread
 * after another.
 */
public final class SampleTables {
    /** One place of the source that a place of the result reads. */
    private record Read(int source, float weight) {}

    /** @param places what each place of the result reads; empty where the axis stays as it is */
    private record Axis(int extent, List<List<Read>> places) {
        static Axis of(SampledAxis axis, boolean always) {
            if (axis.isUnchanged() && !always) {
                return new Axis(axis.extent(), List.of());
            }
            SampledAxis given =
                    axis.isUnchanged() ? SampledAxis.copies(axis.extent(), IntStream.range(0, axis.extent())) : axis;
            return new Axis(
                    axis.extent(), given.windows().stream().map(Axis::reads).toList());
        }

        private static List<Read> reads(SampledAxis.Window window) {
            return IntStream.range(0, window.weights().size())
                    .mapToObj(index ->
                            new Read(window.first() + index, window.weights().get(index)))
                    .filter(read -> read.weight() != 0)
                    .toList();
        }

        Axis transposed() {
            if (places.isEmpty()) {
                return this;
            }
            List<List<Read>> back = new ArrayList<>();
            IntStream.range(0, extent).forEach(place -> back.add(new ArrayList<>()));
            for (int place = 0; place < places.size(); place++) {
                for (Read read : places.get(place)) {
                    back.get(read.source()).add(new Read(place, read.weight()));
                }
            }
            return new Axis(places.size(), back);
        }

        IntStream numbers() {
            int reads =
                    places.isEmpty() ? -1 : places.stream().mapToInt(List::size).sum();
            return IntStream.of(extent, places.isEmpty() ? extent : places.size(), reads);
        }

        IntStream table() {
            int[] begins = new int[places.isEmpty() ? 0 : places.size() + 1];
            Arrays.setAll(
                    begins, place -> place == 0 ? 0 : places.get(place - 1).size());
            Arrays.parallelPrefix(begins, Integer::sum);
            List<Read> reads = places.stream().flatMap(List::stream).toList();
            IntStream sources = reads.stream().mapToInt(Read::source);
            IntStream weights = reads.stream().mapToInt(read -> Float.floatToRawIntBits(read.weight()));
            return IntStream.concat(Arrays.stream(begins), IntStream.concat(sources, weights));
        }
    }

    private final List<Axis> axes;
    private final IntPointer numbers;

    private SampleTables(List<Axis> axes) {
        this.axes = axes;
        this.numbers = new IntPointer(axes.stream().flatMapToInt(Axis::numbers).toArray());
    }

    /** Makes the tables of an operation. Rows and columns always have one. */
    public static SampleTables of(Op.Resample op) {
        return new SampleTables(
                List.of(Axis.of(op.down(), true), Axis.of(op.across(), true), Axis.of(op.channels(), false)));
    }

    /** Returns the tables of the adjoint. */
    public SampleTables transposed() {
        return new SampleTables(axes.stream().map(Axis::transposed).toList());
    }

    /** Returns the tables one after another, to be uploaded: a kernel reads them on its device. */
    public int[] values() {
        return axes.stream().flatMapToInt(Axis::table).toArray();
    }

    /** Returns the extents of the axes, in host memory, in the order of AMBI_AXIS_EXTENT and those that follow. */
    public IntPointer numbers() {
        return numbers;
    }
}
