package org.ambispike.bench;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.ambispike.SessionOptions;
import org.ambispike.SpikingModel;
import org.ambispike.device.Device;
import org.ambispike.latency.ProcessMemory;
import org.ambispike.serve.ModelServer;
import org.ambispike.serve.ServerSettings;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** Requests over HTTP from several connections to a server in this process: errors, latency, resident memory. */
@Command(
        name = "serve",
        mixinStandardHelpOptions = true,
        description = {
            "Serves Net4 on the loopback address and sends it images; every answer must be 200. Client and server share the"
                    + " machine. Example: bench/run.sh serve --requests 10000 --connections 16"
        })
public final class ServeLoad implements Runnable {
    private static final int REPORTS = 10;
    private static final int OK = 200;

    @Option(names = "--requests", defaultValue = "10000", description = "How many. Default: ${DEFAULT-VALUE}.")
    private int requests;

    @Option(names = "--connections", defaultValue = "16", description = "At once. Default: ${DEFAULT-VALUE}.")
    private int connections;

    @Option(names = "--T", defaultValue = "4", description = "Time steps. Default: ${DEFAULT-VALUE}.")
    private int timeSteps;

    private ServeLoad() {}

    public static void main(String[] arguments) {
        System.exit(BenchCommand.execute(new ServeLoad(), arguments));
    }

    @Override
    public void run() {
        SpikingModel model = Workload.net4().model();
        SessionOptions options =
                SessionOptions.defaults().withDevice(Device.Request.CPU).withThreads(1);
        ExecutorService threads = Executors.newFixedThreadPool(connections);
        try (ModelServer server =
                ModelServer.start(model, model.clippedAnn(), Optional.empty(), options, ServerSettings.defaults())) {
            HttpRequest request = request(model, server.uri());
            AtomicInteger left = new AtomicInteger();
            System.out.printf(
                    Locale.ROOT,
                    "%10s %10s %10s %10s %14s%n",
                    "requests",
                    "per s",
                    "p50, ms",
                    "p99, ms",
                    "resident, MiB");
            for (int report = 1; report <= REPORTS; report++) {
                left.set(requests / REPORTS);
                long start = System.nanoTime();
                List<Future<List<Long>>> clients = new ArrayList<>();
                for (int client = 0; client < connections; client++) {
                    clients.add(threads.submit(() -> send(request, left)));
                }
                long[] times = clients.stream()
                        .flatMap(client -> join(client).stream())
                        .mapToLong(Long::longValue)
                        .sorted()
                        .toArray();
                print(report, times, System.nanoTime() - start);
            }
        } finally {
            threads.shutdown();
        }
        System.out.println("all answers were 200");
    }

    private void print(int report, long[] times, long nanoseconds) {
        System.out.printf(
                Locale.ROOT,
                "%,10d %,10.0f %10.2f %10.2f %14.1f%n",
                requests / REPORTS * report,
                times.length * 1e9 / nanoseconds,
                times[times.length / 2] / 1e6,
                times[(int) (times.length * 0.99)] / 1e6,
                ProcessMemory.resident() / (double) (1 << 20));
    }

    private HttpRequest request(SpikingModel model, URI server) {
        int[] pixels = new int[Math.toIntExact(model.inputShape().elements())];
        Arrays.setAll(pixels, index -> index * 37 % 256);
        String list = IntStream.of(pixels).mapToObj(String::valueOf).collect(Collectors.joining(","));
        return HttpRequest.newBuilder(server.resolve("/v1/classify"))
                .header("Content-Type", "application/json")
                .POST(HttpRequest.BodyPublishers.ofString(
                        "{\"pixels\":[" + list + "],\"timeSteps\":" + timeSteps + "}"))
                .build();
    }

    /** One connection: the next request goes when the last one is answered. */
    private static List<Long> send(HttpRequest request, AtomicInteger left) throws IOException, InterruptedException {
        HttpClient client =
                HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
        List<Long> times = new ArrayList<>();
        while (left.getAndDecrement() > 0) {
            long start = System.nanoTime();
            HttpResponse<String> response = client.send(request, HttpResponse.BodyHandlers.ofString());
            if (response.statusCode() != OK) {
                throw new IllegalStateException("answer " + response.statusCode() + ": " + response.body());
            }
            times.add(System.nanoTime() - start);
        }
        return times;
    }

    private static List<Long> join(Future<List<Long>> client) {
        try {
            return client.get();
        } catch (ExecutionException e) {
            throw new IllegalStateException("a client failed: " + e.getCause().getMessage(), e.getCause());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return List.of();
        }
    }
}
