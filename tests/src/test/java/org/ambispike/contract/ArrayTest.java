package org.ambispike.contract;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.function.IntToDoubleFunction;
import java.util.stream.IntStream;
import org.ambispike.backend.DeviceBuffer;
import org.ambispike.backend.Segments;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What every backend's plain arithmetic on arrays must compute. */
@OnDevices
class ArrayTest extends DeviceContract {
    private final Random random = new Random(1);

    private static double[] each(int count, IntToDoubleFunction value) {
        return IntStream.range(0, count).mapToDouble(value).toArray();
    }

    private double sumOfSquares(DeviceBuffer x) {
        return sumsOfSquares(x, List.of(new Segments.Range(0, x.floats())))[0];
    }

    private double[] sumsOfSquares(DeviceBuffer x, List<Segments.Range> ranges) {
        DeviceBuffer result = arrays.output("result", 2L * ranges.size());
        DeviceBuffer scratch = arrays.output("scratch", backend.memory().scratchBytes(ranges.size(), 1) / Float.BYTES);
        backend.optimizer().sumsOfSquares(x, arrays.segments(ranges), result, scratch);
        return arrays.downloadDoubles(result);
    }

    /** To the bit what each has by itself, wherever it lies; and what lies between them counts nowhere. */
    @Test
    void sumsOfSquaresOfTensorsAreThoseOfEach() {
        List<Segments.Range> ranges = new ArrayList<>();
        long first = 3;
        for (int count : new int[] {1, 40_001, 31, 64, 33, 0, 70_000, 17, 1}) {
            ranges.add(new Segments.Range(first, count));
            first += count + 1;
        }
        float[] values = DeviceArrays.gaussian(random, (int) first);
        values[0] = Float.NaN;
        ranges.forEach(range -> values[(int) (range.first() + range.floats())] = Float.NaN);
        DeviceBuffer x = arrays.upload("x", values);
        double[] together = sumsOfSquares(x, ranges);
        for (int index = 0; index < ranges.size(); index++) {
            Segments.Range range = ranges.get(index);
            double expected = IntStream.range(0, (int) range.floats())
                    .mapToDouble(i -> values[(int) range.first() + i])
                    .map(v -> v * v)
                    .sum();
            assertThat(together[index]).as("tensor %d", index).isCloseTo(expected, within(1e-12 * expected));
            DeviceBuffer alone = arrays.upload("alone", Arrays.copyOfRange(values, (int) range.first(), (int)
                    (range.first() + range.floats() + 1)));
            assertThat(sumsOfSquares(alone, List.of(new Segments.Range(0, range.floats()))))
                    .as("tensor %d by itself", index)
                    .containsExactly(together[index]);
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 3, 15, 16, 17, 31, 32, 33, 1000, 40_001})
    void elementwiseOperationsAreThoseOfTheReference(int count) {
        DeviceBuffer x = arrays.output("x", count);
        float[] values = arrays.uploadRandom(random, x);
        double expected =
                Arrays.stream(DeviceArrays.widen(values)).map(v -> v * v).sum();
        assertThat(sumOfSquares(x)).isCloseTo(expected, within(1e-12 * expected));

        DeviceBuffer y = arrays.output("y", count);
        backend.memory().copy(x, y);
        assertThat(arrays.download(y)).containsExactly(values);
        backend.linear().scale(y, -1.5);
        Compare.assertClose("scaled", arrays.download(y), each(count, i -> -1.5f * values[i]), 0);
        backend.memory().fill(y, 0.3);
        assertThat(arrays.download(y)).containsOnly(0.3f);

        float[] others = arrays.uploadRandom(random, y);
        double[] sums = each(count, i -> values[i] + others[i]);
        DeviceBuffer sum = arrays.output("sum", count);
        backend.linear().add(x, y, sum);
        Compare.assertClose("sum", arrays.download(sum), sums, 0);
        backend.linear().add(x, y, y);
        Compare.assertClose("sum in the second's place", arrays.download(y), sums, 0);
        backend.memory().upload(others, 0, count, y);
        backend.linear().add(x, y, x);
        Compare.assertClose("sum in the first's place", arrays.download(x), sums, 0);
        backend.linear().add(x, x, x);
        Compare.assertClose("sum with itself", arrays.download(x), each(count, i -> 2 * sums[i]), 0);
    }

    @ParameterizedTest
    @ValueSource(floats = {Float.NaN, Float.POSITIVE_INFINITY, Float.NEGATIVE_INFINITY})
    void oneBadElementShowsInTheSumOfSquares(float bad) {
        int count = 40_001;
        for (int at : new int[] {0, 1, 31, 32, 20_000, 20_001, count - 1}) {
            float[] values = DeviceArrays.gaussian(random, count);
            values[at] = bad;
            assertThat(sumOfSquares(arrays.upload("x", values)))
                    .as("%s at %d", bad, at)
                    .isNotFinite();
        }
    }

    @Test
    void squaresAreSummedBeyondTheRangeOfFloats() {
        assertThat(sumOfSquares(arrays.upload("x", 1e30f, 1e30f))).isCloseTo(2e60, within(1e54));
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 3, 7, 8, 15, 16, 17, 33, 64, 100})
    void oneValueIsExpandedToChannelsAndTheirGradientsReduced(int channels) {
        DeviceBuffer x = arrays.upload("x", 0.7f);
        DeviceBuffer y = arrays.output("y", channels);
        backend.linear().expand(x, y);
        assertThat(arrays.download(y)).containsOnly(0.7f).hasSize(channels);
        float[] values = arrays.uploadRandom(random, y);
        backend.linear().reduce(y, x);
        double sum = Arrays.stream(DeviceArrays.widen(values)).sum();
        assertThat((double) arrays.download(x)[0]).isCloseTo(sum, within(1e-6 * (1 + Math.abs(sum))));
    }

    @ParameterizedTest
    @CsvSource({"1,1", "3,2", "17,3", "16,4", "33,8", "1000,16", "257,17", "10,33", "5000,16"})
    void meansOverTimeAreThoseOfTheReference(int count, int steps) {
        DeviceBuffer x = arrays.output("x", (long) count * steps);
        float[] values = arrays.uploadRandom(random, x);
        double[] means = each(count * steps, i -> IntStream.rangeClosed(0, i / count)
                .mapToDouble(t -> values[t * count + i % count])
                .average()
                .orElseThrow());
        DeviceBuffer y = arrays.output("y", (long) count * steps);
        backend.linear().runningMean(x, y, count, steps);
        Compare.assertClose("running mean", arrays.download(y), means, 1e-6);
        backend.linear().runningMean(x, x, count, steps);
        assertThat(arrays.download(x)).as("in place").isEqualTo(arrays.download(y));

        DeviceBuffer gradient = arrays.output("gradient", count);
        float[] of = arrays.uploadRandom(random, gradient);
        arrays.poison(y);
        backend.linear().spreadMean(gradient, y, count, steps);
        Compare.assertClose(
                "spread mean", arrays.download(y), each(count * steps, i -> (double) of[i % count] / steps), 1e-6);
    }

    @ParameterizedTest
    @CsvSource({"1,1", "5,3", "9,16", "7,100", "33,1000", "64,4097"})
    void chosenRowsAreGathered(int rows, int width) {
        DeviceBuffer x = arrays.output("x", (long) rows * width);
        float[] values = arrays.uploadRandom(random, x);
        int[] any = random.ints(rows + 2, 0, rows).toArray();
        DeviceBuffer y = arrays.output("y", (long) any.length * width);
        backend.linear().gatherRows(x, arrays.upload("any rows", any), y, any.length, width);
        Compare.assertClose("any rows", arrays.download(y), gathered(values, any, width), 0);

        int[] kept = IntStream.range(0, rows).filter(row -> row % 3 != 1).toArray();
        backend.linear().gatherRows(x, arrays.upload("kept rows", kept), x, kept.length, width);
        float[] expected = values.clone();
        double[] moved = gathered(values, kept, width);
        for (int i = 0; i < moved.length; i++) {
            expected[i] = (float) moved[i];
        }
        assertThat(arrays.download(x)).as("in place, the rest untouched").isEqualTo(expected);
    }

    private static double[] gathered(float[] values, int[] rows, int width) {
        return each(rows.length * width, i -> values[rows[i / width] * width + i % width]);
    }

    private float[] dropped(DeviceBuffer x, double probability, long seed, long offset) {
        DeviceBuffer y = arrays.output("y", x.floats());
        // part of the seed as salt: what counts is the sum
        backend.training().dropout(x, y, arrays.uploadLongs("seed", seed - 11, offset), x.floats(), probability, 11);
        return arrays.download(y);
    }

    @ParameterizedTest
    // the third crosses 2^32, where the high half of the index changes; the last two have nothing but high bits
    @CsvSource({
        "0.3, 42, 0",
        "0.5, -7, 123456789",
        "0.3, 5, 4294957296",
        "0.1, 1099511627776, 0",
        "0.1, 3, 4611686018427387904"
    })
    void dropoutKeepsWhatTheReferenceKeeps(double probability, long seed, long offset) {
        int count = 40_001;
        DeviceBuffer x = arrays.output("x", count);
        float[] values = arrays.uploadRandom(random, x);
        float[] kept = dropped(x, probability, seed, offset);
        Compare.assertClose(
                "kept",
                kept,
                each(
                        count,
                        i -> ReferenceDropout.keeps(seed, offset + i, probability) ? values[i] / (1 - probability) : 0),
                1e-6);
        double share = IntStream.range(0, count).filter(i -> kept[i] != 0).count() / (double) count;
        assertThat(share).isCloseTo(1 - probability, within(4 * Math.sqrt(probability * (1 - probability) / count)));
        assertThat(dropped(x, probability, seed, offset)).as("the same call").isEqualTo(kept);
        assertThat(dropped(x, probability, seed + 1, offset)).as("another seed").isNotEqualTo(kept);

        int part = 12_345;
        assertThat(dropped(x.slice("first", 0, part), probability, seed, offset))
                .isEqualTo(Arrays.copyOf(kept, part));
        DeviceBuffer rest = arrays.upload("rest", Arrays.copyOfRange(values, part, count));
        assertThat(dropped(rest, probability, seed, offset + part)).isEqualTo(Arrays.copyOfRange(kept, part, count));
        backend.training().dropout(x, x, arrays.uploadLongs("seed", seed, offset), count, probability, 0);
        assertThat(arrays.download(x)).as("in place").isEqualTo(kept);
    }

    @Test
    void dropoutOfNothingKeepsAll() {
        DeviceBuffer x = arrays.output("x", 1000);
        float[] values = arrays.uploadRandom(random, x);
        assertThat(dropped(x, 0, 9, 0)).isEqualTo(values);
    }
}
