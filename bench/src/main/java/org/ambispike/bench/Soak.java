package org.ambispike.bench;

import java.nio.FloatBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.SplittableRandom;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.LongAdder;
import org.ambispike.ExitRule;
import org.ambispike.PoolOptions;
import org.ambispike.SessionOptions;
import org.ambispike.SessionPool;
import org.ambispike.SpikingModel;
import org.ambispike.SpikingSession;
import org.ambispike.device.Device;
import org.ambispike.latency.ProcessMemory;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** Many threads on a pool for a while: every answer is compared with a single session's, memory is printed as it goes. */
@Command(
        name = "soak",
        mixinStandardHelpOptions = true,
        description = {
            "Sends Net4 random requests from several threads (batch, T and early exit vary), compares every answer with that"
                    + " of a single session to the last bit, and prints answers and resident memory.",
            "Example: bench/run.sh soak --seconds 60 --clients 8"
        })
public final class Soak implements Runnable {
    private static final int CASES = 48;
    private static final int LARGEST_BATCH = 8;
    private static final int LARGEST_T = 4;
    private static final int REPORTS = 6;

    @Option(names = "--seconds", defaultValue = "60", description = "How long. Default: ${DEFAULT-VALUE}.")
    private int seconds;

    @Option(names = "--clients", defaultValue = "8", description = "Threads that ask. Default: ${DEFAULT-VALUE}.")
    private int clients;

    private Soak() {}

    /** A request and the answer of a single session. */
    private record Case(FloatBuffer images, int timeSteps, ExitRule rule, float[] logits) {}

    public static void main(String[] arguments) {
        System.exit(BenchCommand.execute(new Soak(), arguments));
    }

    @Override
    public void run() {
        SpikingModel model = Workload.net4().model();
        SessionOptions options = SessionOptions.defaults()
                .withDevice(Device.Request.CPU)
                .withThreads(1)
                .withBatch(LARGEST_BATCH)
                .withLargestTimeSteps(LARGEST_T);
        List<Case> cases = cases(model, options);
        ExecutorService threads = Executors.newFixedThreadPool(clients);
        LongAdder answers = new LongAdder();
        long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(seconds);
        int processors = Runtime.getRuntime().availableProcessors();
        try (SessionPool pool = SessionPool.open(
                model, options, PoolOptions.builder().sessions(processors).build())) {
            List<Future<?>> running = new ArrayList<>();
            for (int client = 0; client < clients; client++) {
                SplittableRandom random = new SplittableRandom(client);
                running.add(threads.submit(() -> {
                    while (System.nanoTime() < end) {
                        ask(pool, cases.get(random.nextInt(cases.size())));
                        answers.increment();
                    }
                }));
            }
            System.out.printf(Locale.ROOT, "%8s %10s %14s%n", "seconds", "answers", "resident, MiB");
            for (int report = 1; report <= REPORTS; report++) {
                // a client that failed ends the wait
                long until = end - TimeUnit.SECONDS.toNanos(seconds) * (REPORTS - report) / REPORTS;
                running.forEach(client -> await(client, until));
                System.out.printf(
                        Locale.ROOT,
                        "%8d %,10d %14.1f%n",
                        seconds * report / REPORTS,
                        answers.sum(),
                        ProcessMemory.resident() / (double) (1 << 20));
            }
            running.forEach(client -> await(client, Long.MAX_VALUE));
        } finally {
            threads.shutdown();
        }
        System.out.println("all answers were those of a single session");
    }

    private static void ask(SessionPool pool, Case next) {
        float[] logits = pool.run(next.images(), next.timeSteps(), next.rule()).logits();
        if (!Arrays.equals(logits, next.logits())) {
            throw new IllegalStateException("an answer of the pool is not that of a single session");
        }
    }

    /** Until it is done, or the moment has come; what it threw is thrown here. */
    private static void await(Future<?> client, long until) {
        try {
            client.get(Math.max(0, until - System.nanoTime()), TimeUnit.NANOSECONDS);
        } catch (TimeoutException e) {
            return;
        } catch (ExecutionException e) {
            throw new IllegalStateException("a client failed: " + e.getCause().getMessage(), e.getCause());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private static List<Case> cases(SpikingModel model, SessionOptions options) {
        SplittableRandom random = new SplittableRandom(1);
        List<Case> cases = new ArrayList<>();
        try (SpikingSession session = model.openSession(options)) {
            for (int index = 0; index < CASES; index++) {
                int batch = 1 + random.nextInt(LARGEST_BATCH);
                FloatBuffer images = FloatBuffer.allocate(
                        Math.toIntExact(batch * model.inputShape().elements()));
                for (int position = 0; position < images.capacity(); position++) {
                    images.put(position, random.nextInt(256));
                }
                int timeSteps = 1 + random.nextInt(LARGEST_T);
                ExitRule rule = random.nextBoolean() ? ExitRule.never() : ExitRule.margin(0.01);
                cases.add(new Case(
                        images,
                        timeSteps,
                        rule,
                        session.run(images, timeSteps, rule).logits()));
            }
        }
        return cases;
    }
}
