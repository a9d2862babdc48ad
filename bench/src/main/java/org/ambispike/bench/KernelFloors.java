package org.ambispike.bench;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.ambispike.backend.Backend;

/**
 * Kernels on arrays larger than the last-level cache against a copy of as many bytes, measured in turns; and, since a
 * kernel may have more arithmetic to do than the memory leaves time for, against the same kernel on arrays that stay in
 * a core's own cache.
 */
final class KernelFloors {
    private static final String SECTION = "Kernels on arrays of %d MiB";
    private static final int WARM_UPS = 2;
    /** Bytes of one array of those that stay in a core's second-level cache; a kernel has up to four. */
    private static final long CACHED_BYTES = 128L << 10;

    private static final int CACHED_REPEATS = 50;

    private final int threads;
    private final int rounds;

    KernelFloors(int threads, int rounds) {
        this.threads = threads;
        this.rounds = rounds;
    }

    List<Row> measure(long mebibytes) {
        String section = String.format(Locale.ROOT, SECTION, mebibytes);
        long elements = KernelCases.elements(mebibytes << 20);
        List<Row> rows = new ArrayList<>();
        double[] arithmetic = arithmetic(elements);
        Samples copies = new Samples();
        try (Backend backend = BenchBackend.forKernels(threads);
                KernelCases large = new KernelCases(backend, elements)) {
            for (int index = 0; index < large.cases().size(); index++) {
                rows.add(compare(backend, section, large.copy(), large.cases().get(index), copies, arithmetic[index]));
            }
            rows.add(0, copyRow(section, large.copy(), copies.median()));
        }
        return rows;
    }

    private Row compare(
            Backend backend,
            String section,
            KernelCases.Case copy,
            KernelCases.Case kernel,
            Samples copies,
            double arithmetic) {
        Samples times = new Samples();
        Samples floors = new Samples();
        Samples ratios = new Samples();
        for (int round = -WARM_UPS; round < rounds; round++) {
            double copied = Stopwatch.milliseconds(backend, copy.work());
            double time = Stopwatch.milliseconds(backend, kernel.work());
            if (round >= 0) {
                double floor = copied * kernel.bytes() / copy.bytes();
                copies.add(copied);
                times.add(time);
                floors.add(floor);
                ratios.add(time / floor);
            }
        }
        double time = times.median();
        double floor = floors.median();
        String bound = String.format(Locale.ROOT, "%.0f%% of copy bandwidth", 100 / ratios.median());
        if (arithmetic > floor) {
            bound += String.format(
                    Locale.ROOT, "; arithmetic takes %.3f ms, %.0f%% of the time", arithmetic, 100 * arithmetic / time);
        }
        return Row.compared(section, kernel.name(), time, floor, ratios.median(), bound);
    }

    private Row copyRow(String section, KernelCases.Case copy, double milliseconds) {
        return Row.part(
                section,
                copy.name(),
                milliseconds,
                String.format(
                        Locale.ROOT,
                        "%.1f GB/s read and written, %d threads",
                        copy.bytes() / milliseconds / 1e6,
                        threads));
    }

    /** Milliseconds that each kernel would take for so many elements if memory cost nothing: one core's, shared out. */
    private double[] arithmetic(long elements) {
        try (Backend single = BenchBackend.forKernels(1);
                KernelCases cached = new KernelCases(single, KernelCases.elements(CACHED_BYTES))) {
            double share = elements / (double) KernelCases.elements(CACHED_BYTES) / threads;
            double[] result = new double[cached.cases().size()];
            for (int index = 0; index < result.length; index++) {
                Runnable work = cached.cases().get(index).work();
                Samples times = new Samples();
                for (int repeat = 0; repeat < CACHED_REPEATS; repeat++) {
                    times.add(Stopwatch.milliseconds(single, work));
                }
                result[index] = times.median() * share;
            }
            return result;
        }
    }
}
