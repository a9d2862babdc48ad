package org.ambispike.contract;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.ambispike.backend.BlockCopy;
import org.ambispike.backend.BlockCopy.Extent;
import org.ambispike.backend.DeviceBuffer;
import org.ambispike.backend.LinearAlgebra.Element;
import org.ambispike.backend.SampleTables;
import org.ambispike.common.BackendException;
import org.ambispike.graph.Op;
import org.ambispike.graph.SampledAxis;
import org.ambispike.graph.SampledAxis.Window;
import org.ambispike.support.ReferenceRearrangement;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

/** What every backend must make of copies of blocks and of linear maps along axes, against double and byte by byte. */
@OnDevices
class RearrangementTest extends DeviceContract {
    private static final int IMAGES = 3;

    /** Rows of two extents put among others, each repeated so many times; blocks of sizes for every width of a copy. */
    @ParameterizedTest
    @CsvSource({
        "1,1,1,1,4,0,0",
        "1,3,5,7,19,8,4",
        "3,2,7,5,13,9,0",
        "2,1,301,33,40,3,1",
        "4,5,11,64,64,0,0",
        "2,3,50,128,192,64,16",
        "3,1,2,40001,40008,5,0",
        "1,2,9000,12,36,12,24"
    })
    void blocksAreCopied(int times, int rows, int columns, int block, int width, int before, int first) {
        int from = first + rows * columns * block;
        int to = before + times * rows * columns * width;
        BlockCopy copy = new BlockCopy(
                new Extent(times, 0, (long) rows * columns * width),
                new Extent(rows, block, (long) columns * width),
                new Extent(columns, (long) rows * block, width),
                block,
                first,
                before);
        Random random = new Random(block);
        int[] source = random.ints(from, 0, 256).toArray();
        int[] expected = new int[to];
        for (int time = 0; time < times; time++) {
            for (int row = 0; row < rows; row++) {
                for (int column = 0; column < columns; column++) {
                    System.arraycopy(
                            source,
                            first + (column * rows + row) * block,
                            expected,
                            before + ((time * rows + row) * columns + column) * width,
                            block);
                }
            }
        }
        DeviceBuffer x = ByteArrays.upload(arrays, "x", source);
        DeviceBuffer y = ByteArrays.upload(arrays, "y", new int[to]);
        backend.linear().copyBlocks(copy, x, y);
        assertThat(ByteArrays.download(arrays, y, to)).isEqualTo(expected);
    }

    @ParameterizedTest
    @CsvSource({"2,1,1,1", "3,5,3,7", "5,1,301,16", "4,2,1,20001"})
    void blocksOfOnePlaceAreSummed(int times, int rows, int columns, int floats) {
        long block = (long) floats * Float.BYTES;
        BlockCopy copy = new BlockCopy(
                        new Extent(times, 0, rows * columns * 2 * block),
                        new Extent(rows, columns * block, columns * 2 * block),
                        new Extent(columns, block, 2 * block),
                        block,
                        0,
                        block)
                .transposed();
        float[] source = DeviceArrays.gaussian(new Random(floats), times * rows * columns * 2 * floats);
        DeviceBuffer y = arrays.output("y", (long) rows * columns * floats);
        backend.linear().copyBlocks(copy, arrays.upload("x", source), y);
        double[] expected = IntStream.range(0, rows * columns * floats)
                .mapToDouble(index -> IntStream.range(0, times)
                        .mapToDouble(time ->
                                source[((time * rows * columns + index / floats) * 2 + 1) * floats + index % floats])
                        .sum())
                .toArray();
        Compare.assertClose("sums", arrays.download(y), expected, 1e-6);
    }

    @Test
    void blocksBeyondTheEndAreRefused() {
        DeviceBuffer x = arrays.output("x", 8);
        BlockCopy inside = new BlockCopy(Extent.ONE, Extent.ONE, new Extent(2, 16, 16), 16, 0, 0);
        BlockCopy beyond = new BlockCopy(Extent.ONE, Extent.ONE, new Extent(2, 16, 16), 16, 0, 1);
        backend.linear().copyBlocks(inside, x, arrays.output("y", 8));
        assertThatThrownBy(() -> backend.linear().copyBlocks(beyond, x, arrays.output("z", 8)))
                .isInstanceOf(BackendException.class)
                .hasMessageContaining("copyBlocks");
    }

    private static SampledAxis copies(int extent, int... places) {
        return SampledAxis.copies(extent, IntStream.of(places));
    }

    /** Windows of several places, weights of both signs, places that are 0, and some that nothing reads. */
    private static SampledAxis weighted(int extent, int places, long seed) {
        Random random = new Random(seed);
        return new SampledAxis(
                extent,
                IntStream.range(0, places)
                        .mapToObj(place -> {
                            int count = random.nextInt(Math.min(extent, 4) + 1);
                            List<Float> weights = Stream.generate(() -> (float) random.nextGaussian())
                                    .limit(count)
                                    .toList();
                            return new Window(random.nextInt(extent - count + 1), weights);
                        })
                        .toList());
    }

    static Stream<Arguments> copying() {
        return Stream.of(1, 2, 3, 4, 7, 16, 33, 64).flatMap(channels -> {
            SampledAxis same = SampledAxis.unchanged(channels);
            int[] shuffled = IntStream.range(0, 2 * channels + 1)
                    .map(c -> c % 5 == 4 ? -1 : c * 7 % channels)
                    .toArray();
            return Stream.of(
                    Arguments.of(copies(5, 2, 1, 0, 1, 2, 3, 4, -1), copies(7, -1, 0, 3, 6, 6), same),
                    Arguments.of(SampledAxis.unchanged(5), copies(7, 0, 2, 4), same),
                    Arguments.of(SampledAxis.unchanged(4), SampledAxis.unchanged(3), copies(channels, shuffled)),
                    Arguments.of(copies(3, 0, 0, 1, 1, 2, 2), copies(2, 1, 0), copies(channels, shuffled)));
        });
    }

    static Stream<Arguments> maps() {
        return Stream.concat(
                copying(),
                Stream.of(1, 3, 8, 17, 64)
                        .flatMap(channels -> Stream.of(
                                Arguments.of(
                                        weighted(9, 6, channels),
                                        weighted(5, 11, channels),
                                        SampledAxis.unchanged(channels)),
                                Arguments.of(
                                        SampledAxis.unchanged(1),
                                        weighted(23, 3, channels),
                                        weighted(channels, channels + 2, channels)),
                                Arguments.of(
                                        weighted(31, 29, channels),
                                        weighted(17, 37, channels),
                                        SampledAxis.unchanged(channels)))));
    }

    private static double[][] transposed(double[][] matrix) {
        double[][] result = new double[matrix[0].length][matrix.length];
        for (int row = 0; row < result.length; row++) {
            int at = row;
            Arrays.setAll(result[row], column -> matrix[column][at]);
        }
        return result;
    }

    @ParameterizedTest
    @MethodSource("maps")
    void mapsAndTheirAdjointsAreThoseOfMatrices(SampledAxis down, SampledAxis across, SampledAxis channels) {
        SampleTables tables = SampleTables.of(new Op.Resample(down, across, channels));
        double[][] rows = ReferenceRearrangement.matrix(down);
        double[][] columns = ReferenceRearrangement.matrix(across);
        double[][] depth = ReferenceRearrangement.matrix(channels);
        assertMap(tables, rows, columns, depth);
        assertMap(tables.transposed(), transposed(rows), transposed(columns), transposed(depth));
    }

    private void assertMap(SampleTables tables, double[][] down, double[][] across, double[][] channels) {
        int from = down[0].length * across[0].length * channels[0].length;
        int to = down.length * across.length * channels.length;
        float[] source = DeviceArrays.gaussian(new Random(from), IMAGES * from);
        double[] expected = IntStream.range(0, IMAGES)
                .mapToObj(image -> DeviceArrays.widen(Arrays.copyOfRange(source, image * from, (image + 1) * from)))
                .flatMapToDouble(image -> Arrays.stream(ReferenceRearrangement.resample(down, across, channels, image)))
                .toArray();
        DeviceBuffer y = arrays.output("y", (long) IMAGES * to);
        DeviceBuffer table = arrays.upload("table", tables.values());
        backend.linear().resample(tables, table, arrays.upload("x", source), y, IMAGES);
        Compare.assertClose("map", arrays.download(y), expected, 2e-6);
    }

    @ParameterizedTest
    @MethodSource("copying")
    void placesOfAnyTypeAreCopied(SampledAxis down, SampledAxis across, SampledAxis channels) {
        SampleTables tables = SampleTables.of(new Op.Resample(down, across, channels));
        int from = IMAGES * down.extent() * across.extent() * channels.extent();
        int to = IMAGES * down.places() * across.places() * channels.places();
        DeviceBuffer table = arrays.upload("table", tables.values());
        for (Element element : List.of(new Element(1, 128), new Element(2, 0), new Element(4, 0))) {
            int[] source = new Random(from).ints(from * element.bytes(), 0, 256).toArray();
            int[] expected = new int[to * element.bytes()];
            for (int index = 0; index < to; index++) {
                int at = source(index, down, across, channels);
                for (int b = 0; b < element.bytes(); b++) {
                    expected[index * element.bytes() + b] = at < 0 ? element.zero() : source[at * element.bytes() + b];
                }
            }
            DeviceBuffer y = ByteArrays.output(arrays, "y", expected.length);
            backend.linear().copyPlaces(tables, table, ByteArrays.upload(arrays, "x", source), y, IMAGES, element);
            assertThat(ByteArrays.download(arrays, y, expected.length))
                    .as("%s", element)
                    .isEqualTo(expected);
        }
    }

    /** Which element one is a copy of, or -1. */
    private static int source(int index, SampledAxis down, SampledAxis across, SampledAxis channels) {
        int c = copied(channels, index % channels.places());
        int line = index / channels.places();
        int w = copied(across, line % across.places());
        int h = copied(down, line / across.places() % down.places());
        int image = line / across.places() / down.places();
        return c < 0 || w < 0 || h < 0
                ? -1
                : ((image * down.extent() + h) * across.extent() + w) * channels.extent() + c;
    }

    private static int copied(SampledAxis axis, int place) {
        if (axis.isUnchanged()) {
            return place;
        }
        Window window = axis.windows().get(place);
        return window.weights().isEmpty() ? -1 : window.first();
    }
}
