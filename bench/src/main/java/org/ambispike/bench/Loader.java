package org.ambispike.bench;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.SplittableRandom;
import org.ambispike.data.Augmentation;
import org.ambispike.data.BatchOptions;
import org.ambispike.data.Batches;
import org.ambispike.data.Dataset;
import org.ambispike.graph.Normalisation;
import org.ambispike.graph.Shape;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** How many training images a second the loader gives, with nobody who trains on them. */
@Command(
        name = "loader",
        mixinStandardHelpOptions = true,
        description = {
            "Measures the loader alone: shuffling, augmenting and normalising colour images of 32 x 32 in batches of 128.",
            "Example: bench/run.sh loader --workers 1,2"
        })
public final class Loader implements Runnable {
    private static final int IMAGES = 50_000;
    private static final int BATCH = 128;

    @Option(names = "--workers", split = ",", description = "Threads that prepare. Default: 1, and one for each core.")
    private List<Integer> workers = List.of();

    @Option(names = "--rounds", defaultValue = "5", description = "Epochs of each. Default: ${DEFAULT-VALUE}.")
    private int rounds;

    private Loader() {}

    public static void main(String[] arguments) {
        System.exit(BenchCommand.execute(new Loader(), arguments));
    }

    @Override
    public void run() {
        Dataset images = images();
        int cores = Runtime.getRuntime().availableProcessors();
        List<Integer> usual = cores == 1 ? List.of(1) : List.of(1, cores);
        List<Integer> chosen = workers.isEmpty() ? usual : workers;
        Map<String, Augmentation> kinds = new LinkedHashMap<>();
        kinds.put("none", Augmentation.none());
        kinds.put("crop, flip", Augmentation.shiftAndFlip(4, true));
        kinds.put("crop, flip, Cutout", kinds.get("crop, flip").then(Augmentation.cutout(8)));
        kinds.put(
                "crop, flip, RandAugment, Cutout",
                kinds.get("crop, flip").then(Augmentation.randAugment(2, 9)).then(Augmentation.cutout(8)));
        System.out.printf(Locale.ROOT, "%-32s %8s %14s%n", "augmentation", "workers", "images/s");
        for (Map.Entry<String, Augmentation> kind : kinds.entrySet()) {
            for (int count : chosen) {
                double rate = rate(images, kind.getValue(), count);
                System.out.printf(Locale.ROOT, "%-32s %8d %,14.0f%n", kind.getKey(), count, rate);
            }
        }
    }

    /** The median over epochs, after one that is not counted. */
    private double rate(Dataset images, Augmentation augmentation, int count) {
        Samples seconds = new Samples();
        try (Batches batches = Batches.open(images, BatchOptions.training(BATCH, augmentation, 1), count)) {
            epoch(batches, 0);
            for (int round = 1; round <= rounds; round++) {
                long start = System.nanoTime();
                epoch(batches, round);
                seconds.add((System.nanoTime() - start) * 1e-9);
            }
            return batches.perEpoch() * BATCH / seconds.median();
        }
    }

    private static void epoch(Batches batches, int number) {
        batches.start(number);
        while (batches.advance()) {
            batches.current();
        }
    }

    private static Dataset images() {
        Shape shape = Shape.of(32, 32, 3);
        byte[] pixels = new byte[Math.toIntExact(IMAGES * shape.elements())];
        new SplittableRandom(1).nextBytes(pixels);
        return Dataset.of("noise", shape, pixels, new int[IMAGES], List.of("any"), Normalisation.none(3));
    }
}
