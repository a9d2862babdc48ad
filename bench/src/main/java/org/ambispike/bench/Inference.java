package org.ambispike.bench;

import java.nio.FloatBuffer;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import org.ambispike.SessionOptions;
import org.ambispike.SpikingSession;
import org.ambispike.backend.Backend;
import org.ambispike.common.Precision;
import org.ambispike.device.Device;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** Inference of Net4 by precision, T and batch, in sessions, against its oneDNN primitives in the same precision. */
@Command(
        name = "inference",
        mixinStandardHelpOptions = true,
        sortOptions = false,
        description = {
            "Images a second of a session of Net4 by precision, T and batch; the floor is the sum of its convolutions and"
                    + " matrix products alone, for the whole batch with all threads in the same precision, measured in turns"
                    + " with the whole. Medians over rounds.",
            "Example: bench/run.sh inference --T 4,8 --batch 1,128"
        })
public final class Inference implements Runnable {
    private static final double WARM_UP_SECONDS = 2;
    private static final double SECONDS_A_ROUND = 0.05;

    @Option(names = "--T", split = ",", defaultValue = "1,2,4,8", description = "Default: ${DEFAULT-VALUE}.")
    private List<Integer> timeSteps;

    @Option(names = "--batch", split = ",", defaultValue = "1,8,64,128", description = "Default: ${DEFAULT-VALUE}.")
    private List<Integer> batches;

    @Option(
            names = "--precision",
            split = ",",
            defaultValue = "f32,bf16,int8",
            description = "Default: ${DEFAULT-VALUE}.")
    private List<Precision> precisions;

    @Option(names = "--rounds", defaultValue = "9", description = "Measurements of each. Default: ${DEFAULT-VALUE}.")
    private int rounds;

    @Option(names = "--threads", description = "CPU threads. Default: all cores.")
    private Optional<Integer> threads;

    private Inference() {}

    public static void main(String[] arguments) {
        System.exit(BenchCommand.execute(new Inference(), arguments));
    }

    @Override
    public void run() {
        Workload workload = Workload.net4();
        int count = threads.orElse(Runtime.getRuntime().availableProcessors());
        System.out.println("precision,threads,T,batch,images_per_second,floor_images_per_second,part_of_floor");
        for (int steps : timeSteps) {
            for (int batch : batches) {
                for (Precision precision : precisions) {
                    try (Backend backend = BenchBackend.open(precision, count)) {
                        System.out.println(row(backend, workload, count, steps, batch));
                    }
                }
            }
        }
    }

    private String row(Backend backend, Workload workload, int count, int steps, int batch) {
        Samples wholes = new Samples();
        Samples floors = new Samples();
        Samples ratios = new Samples();
        SessionOptions options = SessionOptions.defaults()
                .withDevice(Device.Request.CPU)
                .withPrecision(backend.precision())
                .withThreads(count)
                .withBatch(batch)
                .withLargestTimeSteps(steps)
                .withInput(SessionOptions.Input.NORMALISED);
        FloatBuffer images = workload.normalised(batch);
        FloatBuffer logits =
                FloatBuffer.allocate(batch * workload.spiking().graph().classes());
        try (SpikingSession session = workload.model().openSession(options);
                InferenceFloor floor = new InferenceFloor(backend, workload.spiking(), batch, steps)) {
            Runnable run = () -> session.runInto(images, steps, logits);
            double warm = Math.min(warmed(floor::run), warmed(run));
            int repeats = (int) Math.max(1, SECONDS_A_ROUND / warm);
            for (int round = 0; round < rounds; round++) {
                double whole = seconds(run, repeats);
                double least = seconds(floor::run, repeats);
                wholes.add(whole);
                floors.add(least);
                ratios.add(least / whole);
            }
        }
        return String.format(
                Locale.ROOT,
                "%s,%d,%d,%d,%.0f,%.0f,%.2f",
                backend.precision().name().toLowerCase(Locale.ROOT),
                count,
                steps,
                batch,
                batch / wholes.median(),
                batch / floors.median(),
                ratios.median());
    }

    /** Calls the work until Java has compiled what it calls. @return seconds a call at the end */
    private static double warmed(Runnable work) {
        long started = System.nanoTime();
        double last = seconds(work, 1);
        while (System.nanoTime() - started < WARM_UP_SECONDS * 1e9) {
            last = seconds(work, 1);
        }
        return last;
    }

    private static double seconds(Runnable work, int repeats) {
        long started = System.nanoTime();
        for (int repeat = 0; repeat < repeats; repeat++) {
            work.run();
        }
        return (System.nanoTime() - started) / 1e9 / repeats;
    }
}
