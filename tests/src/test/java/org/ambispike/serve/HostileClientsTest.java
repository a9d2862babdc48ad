package org.ambispike.serve;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.InputStream;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketException;
import java.net.http.HttpClient;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.TreeMap;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Requests that are malformed, slow, or too many. */
@Timeout(120)
class HostileClientsTest {
    private static final int MALFORMED = 500;
    /** The beginning of a request, up to its media type. */
    private static final String POST = "POST /v1/classify HTTP/1.1\r\nHost: localhost\r\nContent-Type: ";

    private final float[] pixels = ServedNetwork.pixels(3);

    /** Half are mutations of good requests as bytes, half of good images and JSON in well-formed requests. */
    @Test
    void noMalformedRequestMakesTheServerFail() throws Exception {
        SplittableRandom random = new SplittableRandom(42);
        Map<String, Integer> codes = new TreeMap<>();
        try (ServedNetwork served = ServedNetwork.start(settings(Duration.ofSeconds(5), 2))) {
            for (int index = 0; index < MALFORMED; index++) {
                String answer =
                        index % 2 == 0 ? served.raw(mutated(random, request(index))) : body(served, random, index);
                assertThat(answer)
                        .doesNotContain("Exception", "at org.", "at java.", ".java:")
                        .doesNotStartWith("HTTP/1.1 5");
                codes.merge(answer.isEmpty() ? "none" : answer.substring(9, 12), 1, Integer::sum);
            }
            assertThat(served.get("/healthz").statusCode()).isEqualTo(200);
            assertThat(served.get("/metrics").body().lines())
                    .noneMatch(line -> line.matches("ambispike_http_requests_total\\{code=\"5.*"));
        }
        assertThat(codes).as("else little was tried").containsKeys("400", "404", "405", "415");
    }

    private byte[] request(int index) {
        String json = ServedNetwork.json(pixels, ",\"timeSteps\":4,\"exit\":{\"margin\":0.5},\"trace\":false");
        return bytes(
                switch (index / 2 % 4) {
                    case 0 -> POST + "application/json\r\nContent-Length: " + json.length()
                            + "\r\nConnection: close\r\n\r\n" + json;
                    case 1 -> POST.replace(" HTTP", "?timeSteps=4&trace=true HTTP")
                            + "image/png\r\nTransfer-Encoding: chunked\r\nConnection: close\r\n\r\n"
                            + "5\r\nhello\r\n0\r\n\r\n";
                    case 2 -> "GET /v1/model HTTP/1.1\r\nHost: localhost\r\nAccept: application/json\r\n"
                            + "Connection: close\r\n\r\n";
                    default -> "GET /../%2e%2e/etc/passwd?a=%zz HTTP/1.0\r\nCookie: a=\"\r\nConnection: close\r\n\r\n";
                });
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.ISO_8859_1);
    }

    /** Makes a call so many times, at most so many at once. */
    private static <T> List<T> atOnce(int threads, int calls, Callable<T> call) throws Exception {
        ExecutorService workers = Executors.newFixedThreadPool(threads);
        try {
            List<T> results = new ArrayList<>();
            for (Future<T> done : workers.invokeAll(Collections.nCopies(calls, call))) {
                results.add(done.get());
            }
            return results;
        } finally {
            workers.shutdown();
        }
    }

    private static byte[] mutated(SplittableRandom random, byte[] bytes) {
        byte[] changed = bytes.clone();
        int edits = 1 + random.nextInt(6);
        for (int edit = 0; edit < edits; edit++) {
            changed[random.nextInt(Math.min(changed.length, 200))] = (byte) random.nextInt(256);
        }
        int cut = random.nextInt(4) == 0 ? random.nextInt(1, changed.length) : changed.length;
        return Arrays.copyOf(changed, cut);
    }

    private String body(ServedNetwork served, SplittableRandom random, int index) throws Exception {
        byte[] json = ServedNetwork.json(pixels, ",\"timeSteps\":4").getBytes(StandardCharsets.UTF_8);
        String format = List.of("png", "jpg", "gif", "bmp").get(index / 2 % 4);
        byte[] image = ServedNetwork.file(ServedNetwork.grey(pixels), format);
        boolean asJson = index % 3 == 0;
        HttpResponse<String> response = postAnew(
                served, asJson ? "application/json" : "image/" + format, mutated(random, asJson ? json : image));
        return "HTTP/1.1 " + response.statusCode() + "\n" + response.body();
    }

    /** Once more where a kept connection was closed as it was about to be used: the JDK's client does not repeat a POST. */
    private static HttpResponse<String> postAnew(ServedNetwork served, String type, byte[] body) throws Exception {
        try {
            return served.post(type, body, "");
        } catch (IOException e) {
            if (!String.valueOf(e.getMessage()).contains("received no bytes")) {
                throw e;
            }
            return served.post(type, body, "");
        }
    }

    private static ServerSettings settings(Duration receive, int sessions) {
        return ServerSettings.builder()
                .sessions(sessions)
                .limits(Limits.builder()
                        .receive(receive)
                        .idle(Duration.ofSeconds(6))
                        .queue(2)
                        .uploads(3)
                        .build())
                .build();
    }

    @Test
    void headersThatDripAreCutOff() throws Exception {
        try (ServedNetwork served = ServedNetwork.start(settings(Duration.ofSeconds(1), 2));
                Socket socket = served.socket()) {
            long start = System.nanoTime();
            socket.getOutputStream().write(bytes("GET / HTTP/1.1\r\nX: "));
            boolean cut = false;
            while (!cut && System.nanoTime() - start < 20e9) {
                Thread.sleep(100);
                cut = !drip(socket);
            }
            assertThat(cut).isTrue();
            assertThat((System.nanoTime() - start) / 1e9).isBetween(0.9, 5.0);
        }
    }

    private static boolean drip(Socket socket) throws IOException {
        try {
            socket.getOutputStream().write('x');
            InputStream in = socket.getInputStream();
            return in.available() == 0;
        } catch (SocketException closed) {
            return false;
        }
    }

    @Test
    void bodiesThatDoNotArriveGet408AndOthersAreServedMeanwhile() throws Exception {
        try (ServedNetwork served = ServedNetwork.start(settings(Duration.ofSeconds(2), 2))) {
            List<Socket> slow = new ArrayList<>();
            for (int index = 0; index < 2; index++) {
                Socket socket = served.socket();
                socket.getOutputStream().write(bytes(POST + "image/png\r\nContent-Length: 100\r\n\r\nabc"));
                slow.add(socket);
            }
            assertThat(served.post(ServedNetwork.json(pixels, "")).statusCode()).isEqualTo(200);
            for (Socket socket : slow) {
                String answer = new String(socket.getInputStream().readAllBytes(), StandardCharsets.ISO_8859_1);
                assertThat(answer).startsWith("HTTP/1.1 408 ").contains("did not arrive in time");
                socket.close();
            }
        }
    }

    /** By default they have 15 s, and would keep others out for as long. */
    @ParameterizedTest
    @ValueSource(ints = {1, 15})
    void connectionsThatAreSilentMakeRoomForOthers(int idleSeconds) throws Exception {
        Limits few = Limits.builder()
                .connections(4)
                .idle(Duration.ofSeconds(idleSeconds))
                .build();
        List<Socket> silent = new ArrayList<>();
        try (ServedNetwork served =
                ServedNetwork.start(ServerSettings.builder().limits(few).build())) {
            for (int index = 0; index < 4; index++) {
                silent.add(served.socket());
            }
            long start = System.nanoTime();
            assertThat(served.get("/healthz").statusCode()).isEqualTo(200);
            assertThat((System.nanoTime() - start) / 1e9).isLessThan(8);
            for (Socket socket : silent) {
                if (idleSeconds == 1) {
                    assertThat(socket.getInputStream().read())
                            .as("closed by the server")
                            .isEqualTo(-1);
                }
                socket.close();
            }
        }
    }

    @Test
    void whoWaitsForAnAnswerIsNotIdle() throws Exception {
        Limits hasty = Limits.builder().idle(Duration.ofMillis(400)).build();
        ServerSettings settings = ServerSettings.builder()
                .largestTimeSteps(1024)
                .sessions(1)
                .limits(hasty)
                .build();
        try (ServedNetwork served = ServedNetwork.start(settings)) {
            String slow = ServedNetwork.json(pixels, ",\"timeSteps\":1024,\"trace\":true");
            // connections of their own: one that is kept may be closed as it is used anew
            Callable<Integer> call =
                    () -> new ServedNetwork(served.model(), served.server(), HttpClient.newHttpClient())
                            .post(slow)
                            .statusCode();
            assertThat(atOnce(4, 24, call)).containsOnly(200);
        }
    }

    /** One announces how long it is, the other does not; neither ends. */
    @ParameterizedTest
    @ValueSource(strings = {"Content-Length: 1000000000", "Transfer-Encoding: chunked"})
    void whatIsBeyondTheLimitOfABodyIsNotRead(String length) throws Exception {
        int mebibyte = 1 << 20;
        byte[] chunk = bytes("100000\r\n" + "x".repeat(mebibyte) + "\r\n");
        ExecutorService reader = Executors.newSingleThreadExecutor();
        try (ServedNetwork served = ServedNetwork.start(ServerSettings.defaults());
                Socket socket = served.socket()) {
            Future<String> answer = reader.submit(() -> {
                byte[] start = socket.getInputStream().readNBytes(200);
                return new String(start, StandardCharsets.ISO_8859_1);
            });
            socket.getOutputStream().write(bytes(POST + "image/png\r\n" + length + "\r\n\r\n"));
            int sent = 0;
            try {
                while (sent < 256) {
                    socket.getOutputStream().write(chunk);
                    sent++;
                }
            } catch (SocketException closed) {
                assertThat(closed).isNotNull();
            }
            assertThat(sent).as("MiB that were taken").isLessThan(64);
            assertThat(answer.get()).startsWith("HTTP/1.1 413 ").containsIgnoringCase("Connection: close");
            assertThat(served.get("/healthz").statusCode()).isEqualTo(200);
        } finally {
            reader.shutdown();
        }
    }

    /** Answers that nobody takes must not stay in memory. */
    @Test
    void clientsThatDoNotTakeTheirAnswersAreCutOff() throws Exception {
        Limits impatient = Limits.builder().idle(Duration.ofSeconds(1)).build();
        String requests = "GET / HTTP/1.1\r\nHost: localhost\r\n\r\n".repeat(1000);
        try (ServedNetwork served = ServedNetwork.start(
                        ServerSettings.builder().limits(impatient).build());
                Socket socket = new Socket()) {
            socket.setReceiveBufferSize(4096);
            socket.connect(
                    new InetSocketAddress("127.0.0.1", served.server().uri().getPort()));
            socket.getOutputStream().write(bytes(requests));
            waitForInFlight(served, 2);
            waitForInFlight(served, 1);
        }
    }

    /** The request that asks is one of them. */
    private static void waitForInFlight(ServedNetwork served, int count) throws Exception {
        String line = "ambispike_http_requests_in_flight " + count + ".0\n";
        long end = System.nanoTime() + Duration.ofSeconds(20).toNanos();
        while (!served.get("/metrics").body().contains(line)) {
            assertThat(System.nanoTime()).as(line).isLessThan(end);
            Thread.sleep(20);
        }
    }

    @Test
    void tooManyAtOnceAreTurnedAwayAndToldToComeAgain() throws Exception {
        try (ServedNetwork served = ServedNetwork.start(settings(Duration.ofSeconds(5), 1))) {
            String long64 = ServedNetwork.json(pixels, ",\"timeSteps\":64,\"trace\":true");
            List<HttpResponse<String>> answers = atOnce(24, 240, () -> served.post(long64));
            assertThat(answers)
                    .extracting(HttpResponse::statusCode)
                    .contains(200, 503)
                    .containsOnly(200, 503);
            assertThat(answers).filteredOn(answer -> answer.statusCode() == 503).allSatisfy(answer -> assertThat(
                            answer.headers().firstValue("Retry-After"))
                    .hasValue("1"));
        }
    }

    @Test
    void manyRequestsOverFewConnectionsAllGetTheSameAnswer() throws Exception {
        try (ServedNetwork served = ServedNetwork.start(ServerSettings.defaults())) {
            String json = ServedNetwork.json(pixels, "");
            String expected = logits(served.post(json).body());
            assertThat(atOnce(16, 1000, () -> logits(served.post(json).body()))).containsOnly(expected);
        }
    }

    private static String logits(String body) {
        return body.substring(body.indexOf("\"logits\""), body.indexOf("\"milliseconds\""));
    }
}
