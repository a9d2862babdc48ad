package org.ambispike.bench;

import java.nio.FloatBuffer;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.CancellationException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.ambispike.PoolOptions;
import org.ambispike.SessionOptions;
import org.ambispike.SessionPool;
import org.ambispike.SpikingModel;
import org.ambispike.common.Precision;
import org.ambispike.device.Device;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** Images a second that a pool of sessions answers, by its size and by the number of threads that ask. */
@Command(
        name = "sessions",
        mixinStandardHelpOptions = true,
        description = {
            "Lets threads ask a pool of sessions of Net4, of one CPU thread each, and prints images a second by the number of"
                    + " sessions and of threads. Cases take turns; the median of the rounds is printed, and the extremes.",
            "Example: bench/run.sh sessions --sessions 1,2 --clients 1,2,4,8 --batch 16"
        })
public final class Sessions implements Runnable {
    @Option(names = "--sessions", split = ",", description = "Sizes of the pool. Default: 1,2,4,8.")
    private List<Integer> sizes = List.of(1, 2, 4, 8);

    @Option(names = "--clients", split = ",", description = "Threads that ask. Default: 1,2,4,8.")
    private List<Integer> clients = List.of(1, 2, 4, 8);

    @Option(names = "--batch", defaultValue = "1", description = "Images of one call. Default: ${DEFAULT-VALUE}.")
    private int batch;

    @Option(names = "--T", defaultValue = "4", description = "Time steps. Default: ${DEFAULT-VALUE}.")
    private int timeSteps;

    @Option(names = "--precision", defaultValue = "f32", description = "f32, bf16 or int8. Default: ${DEFAULT-VALUE}.")
    private Precision precision;

    @Option(
            names = "--seconds",
            defaultValue = "1",
            description = "Of each case in each round. Default: ${DEFAULT-VALUE}.")
    private double seconds;

    @Option(names = "--rounds", defaultValue = "7", description = "Default: ${DEFAULT-VALUE}.")
    private int rounds;

    private Sessions() {}

    private record Case(int sessions, int clients) {}

    public static void main(String[] arguments) {
        System.exit(BenchCommand.execute(new Sessions(), arguments));
    }

    @Override
    public void run() {
        SpikingModel model = Workload.net4().model();
        Map<Case, Samples> rates = new LinkedHashMap<>();
        sizes.forEach(size -> clients.forEach(count -> rates.put(new Case(size, count), new Samples())));
        for (int round = 0; round < rounds; round++) {
            for (int size : sizes) {
                try (SessionPool pool = SessionPool.open(
                        model, options(), PoolOptions.builder().sessions(size).build())) {
                    clients.forEach(count -> rates.get(new Case(size, count)).add(rate(pool, model, count)));
                }
            }
        }
        System.out.printf(
                Locale.ROOT, "Net4, T = %d, batch %d, %s, one thread a session%n", timeSteps, batch, precision);
        System.out.printf(
                Locale.ROOT, "%8s %8s %10s %10s %10s%n", "sessions", "threads", "images/s", "smallest", "largest");
        rates.forEach((each, samples) -> System.out.printf(
                Locale.ROOT,
                "%8d %8d %,10.0f %,10.0f %,10.0f%n",
                each.sessions(),
                each.clients(),
                samples.median(),
                samples.smallest(),
                samples.largest()));
    }

    private SessionOptions options() {
        return SessionOptions.defaults()
                .withDevice(Device.Request.CPU)
                .withPrecision(precision)
                .withThreads(1)
                .withBatch(batch)
                .withLargestTimeSteps(timeSteps);
    }

    /** Images a second, after a call on each session that is not counted. */
    private double rate(SessionPool pool, SpikingModel model, int count) {
        ExecutorService threads = Executors.newFixedThreadPool(count);
        try {
            together(threads, pool.sessions(), () -> ask(pool, model, 0));
            long started = System.nanoTime();
            long until = started + (long) (seconds * TimeUnit.SECONDS.toNanos(1));
            long calls = together(threads, count, () -> ask(pool, model, until));
            return calls * batch / ((System.nanoTime() - started) * 1e-9);
        } finally {
            threads.shutdown();
        }
    }

    /** Calls until the moment has come, one at least. */
    private long ask(SessionPool pool, SpikingModel model, long until) {
        FloatBuffer images =
                FloatBuffer.allocate(Math.toIntExact(batch * model.inputShape().elements()));
        for (int position = 0; position < images.capacity(); position++) {
            images.put(position, position * 37 % 256);
        }
        FloatBuffer logits = FloatBuffer.allocate(batch * model.classes());
        long calls = 0;
        do {
            pool.with(session -> session.runInto(images, timeSteps, logits));
            calls++;
        } while (System.nanoTime() < until);
        return calls;
    }

    private interface Calls {
        long count();
    }

    private static long together(ExecutorService threads, int times, Calls calls) {
        List<Future<Long>> running = new ArrayList<>();
        for (int index = 0; index < times; index++) {
            running.add(threads.submit(calls::count));
        }
        long sum = 0;
        for (Future<Long> each : running) {
            try {
                sum += each.get();
            } catch (ExecutionException e) {
                throw new IllegalStateException(
                        "a client failed: " + e.getCause().getMessage(), e.getCause());
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                throw new CancellationException("interrupted");
            }
        }
        return sum;
    }
}
