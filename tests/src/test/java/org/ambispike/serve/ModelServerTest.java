package org.ambispike.serve;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.awt.Color;
import java.awt.image.BufferedImage;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.FloatBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.List;
import java.util.Optional;
import org.ambispike.AnnModel;
import org.ambispike.ExitRule;
import org.ambispike.LayerRates;
import org.ambispike.SpikingResult;
import org.ambispike.SpikingSession;
import org.ambispike.common.InputException;
import org.ambispike.support.SmallNetworks;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What the API answers, against sessions of the library. */
class ModelServerTest {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static ServedNetwork served;

    private final float[] pixels = ServedNetwork.pixels(7);

    @BeforeAll
    static void start() {
        served = ServedNetwork.start(ServerSettings.builder()
                .limits(Limits.builder().bodyBytes(200_000).build())
                .build());
    }

    @AfterAll
    static void stop() {
        served.close();
    }

    private static JsonNode ok(HttpResponse<String> response) throws IOException {
        assertThat(response.statusCode()).as(response.body()).isEqualTo(200);
        assertThat(response.headers().firstValue("Content-Type")).hasValue("application/json");
        return JSON.readTree(response.body());
    }

    private static float[] floats(JsonNode node) {
        float[] values = new float[node.size()];
        for (int index = 0; index < values.length; index++) {
            values[index] = node.get(index).floatValue();
        }
        return values;
    }

    private SpikingResult expected(int timeSteps, ExitRule rule) {
        try (SpikingSession session = served.model().openSession(ServedNetwork.OPTIONS.withLargestTimeSteps(64))) {
            if (rule.measure() == ExitRule.Measure.NEVER && timeSteps <= 16) {
                return session.run(FloatBuffer.wrap(pixels), timeSteps);
            }
            // longer runs go step by step, which may add in another order
            session.begin(FloatBuffer.wrap(pixels));
            SpikingResult result = session.step();
            while (result.timeSteps(0) < timeSteps
                    && !rule.settles(result.logits(), 0, served.model().classes(), result.timeSteps(0))) {
                result = session.step();
            }
            return result;
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 4, 16, 17, 64})
    void logitsAreThoseOfTheLibrary(int timeSteps) throws Exception {
        JsonNode answer = ok(served.post(ServedNetwork.json(pixels, ",\"timeSteps\":" + timeSteps)));
        SpikingResult result = expected(timeSteps, ExitRule.never());
        assertThat(floats(answer.get("logits"))).isEqualTo(result.logits());
        assertThat(answer.get("class").intValue()).isEqualTo(result.predicted(0));
        assertThat(answer.get("className").textValue())
                .isEqualTo(served.model().classNames().get(result.predicted(0)));
        assertThat(answer.get("timeSteps").intValue()).isEqualTo(timeSteps);
        double sum = 0;
        for (float probability : floats(answer.get("probabilities"))) {
            sum += probability;
        }
        assertThat(sum).isBetween(0.9999, 1.0001);
    }

    @Test
    void aRuleEndsARunEarly() throws Exception {
        ExitRule rule = ExitRule.confidence(0.35).notBefore(2);
        SpikingResult result = expected(32, rule);
        JsonNode answer = ok(served.post(
                ServedNetwork.json(pixels, ",\"timeSteps\":32,\"exit\":{\"confidence\":0.35,\"notBefore\":2}")));
        assertThat(answer.get("timeSteps").intValue())
                .isEqualTo(result.timeSteps(0))
                .isLessThan(32);
        assertThat(floats(answer.get("logits"))).isEqualTo(result.logits());
    }

    @ParameterizedTest
    @ValueSource(strings = {"png", "bmp", "gif"})
    void filesAreThePixelsThatTheyHold(String format) throws Exception {
        byte[] file = ServedNetwork.file(ServedNetwork.grey(pixels), format);
        float[] logits = expected(4, ExitRule.never()).logits();
        JsonNode direct = ok(served.post("image/" + format, file, "?timeSteps=4"));
        assertThat(floats(direct.get("logits"))).isEqualTo(logits);
        String text = Base64.getEncoder().encodeToString(file);
        assertThat(floats(ok(served.post("{\"image\":\"" + text + "\"}")).get("logits")))
                .isEqualTo(logits);
    }

    @Test
    void aPhotographIsFittedAndTheAnswerSaysHow() throws Exception {
        BufferedImage photo = new BufferedImage(300, 150, BufferedImage.TYPE_INT_RGB);
        for (int x = 0; x < 150; x++) {
            for (int y = 0; y < 150; y++) {
                photo.setRGB(x, y, Color.RED.getRGB());
            }
        }
        JsonNode answer = ok(served.post("image/png", ServedNetwork.file(photo, "png"), "?trace=true&invert=true"));
        assertThat(answer.get("image").get("changes").toString())
                .isEqualTo("[\"colours turned to grey\",\"scaled from 150x300 to 4x8 (height x width)\",\"set in the"
                        + " middle of a black 8x8\",\"inverted\"]");
        byte[] seen =
                Base64.getDecoder().decode(answer.get("trace").get("pixels").textValue());
        assertThat(seen).hasSize(64);
        assertThat(Byte.toUnsignedInt(seen[0])).as("above it, black inverted").isEqualTo(255);
        assertThat(Byte.toUnsignedInt(seen[2 * 8])).as("red, inverted").isEqualTo(255 - 76);
        assertThat(Byte.toUnsignedInt(seen[2 * 8 + 7])).as("black, inverted").isEqualTo(255);
    }

    @Test
    void aTraceCountsTheSpikesOfTheLibrary() throws Exception {
        int steps = 6;
        JsonNode answer = ok(served.post(ServedNetwork.json(pixels, ",\"timeSteps\":6,\"trace\":true")));
        JsonNode layer = answer.get("trace").get("layers").get(0);
        try (SpikingSession session = served.model().openSession(ServedNetwork.OPTIONS.withRates())) {
            session.run(FloatBuffer.wrap(pixels), steps);
            LayerRates rates = session.rates().get(0);
            assertThat(sum(layer.get("positive")) / (6.0 * 256)).isEqualTo(rates.positive());
            assertThat(sum(layer.get("negative")) / (6.0 * 256)).isEqualTo(rates.negative());
            for (int place = 0; place < layer.get("sampled").size(); place++) {
                String spikes = layer.get("spikes").get(place).textValue();
                assertThat(spikes).hasSize(steps).matches("[.+x-]+");
                double emitted = 0;
                for (char symbol : spikes.toCharArray()) {
                    emitted += symbol == '+' || symbol == 'x' ? 0.6f : 0;
                    emitted -= symbol == '-' || symbol == 'x' ? 0.03f : 0;
                }
                float expected =
                        rates.emitted().values()[layer.get("sampled").get(place).intValue()];
                assertThat(Math.abs(emitted / steps - expected)).isLessThan(1e-5);
            }
        }
        assertThat(layer.get("sampled").size()).isEqualTo(96);
        assertThat(layer.get("active").intValue()).isGreaterThan(96);
        assertThat(answer.get("trace").get("probabilities").size()).isEqualTo(steps);
        assertThat(layer.get("error").get(0).doubleValue())
                .isGreaterThan(layer.get("error").get(5).doubleValue());
    }

    private static long sum(JsonNode counts) {
        long sum = 0;
        for (JsonNode count : counts) {
            sum += count.longValue();
        }
        return sum;
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "{|400|is no JSON",
                "[]|400|must be a JSON object",
                "{}|400|either image",
                "{\"pixels\":[1,2]}|400|expected 64",
                "{\"image\":\"????\"}|400|no base64",
                "{\"image\":\"aGVsbG8gd29ybGQ=\"}|400|is no PNG or JPEG",
                "{\"pixels\":[1],\"timeSteps\":0}|400|from 1 to 64",
                "{\"pixels\":[1],\"timeSteps\":65}|400|from 1 to 64",
                "{\"pixels\":[1],\"timeSteps\":1.5}|400|must be an integer",
                "{\"pixels\":[1],\"exit\":{}}|400|exit must be",
                "{\"pixels\":[1],\"exit\":{\"margin\":2}}|400|(0, 1]",
                "{\"pixels\":[1],\"what\":1}|400|unknown field",
                "{\"pixels\":[1],\"pixels\":[2]}|400|Duplicate",
                "{\"pixels\":[[[[[[[[[[1]]]]]]]]]]}|400|nesting depth"
            })
    void whatIsWrongIsSaid(String body, int status, String message) throws Exception {
        HttpResponse<String> response = served.post(body);
        assertThat(response.statusCode()).isEqualTo(status);
        assertThat(JSON.readTree(response.body()).get("error").textValue()).contains(message);
    }

    @Test
    void bombsAreRefusedByTheirHeader() throws Exception {
        byte[] file = ServedNetwork.file(ServedNetwork.grey(pixels), "png");
        file[16] = 0x7f; // the width in the PNG's header
        HttpResponse<String> response = served.post("image/png", file, "");
        assertThat(response.statusCode()).isEqualTo(400);
        assertThat(response.body()).contains("larger than 8192 a side");
    }

    /** As {@code curl --data-binary @x.png} sends it, and programs that do not say what they send. */
    @ParameterizedTest
    @ValueSource(strings = {"application/x-www-form-urlencoded", "application/octet-stream"})
    void anImageIsKnownByHowItBegins(String type) throws Exception {
        for (String format : List.of("png", "jpg", "gif", "bmp")) {
            byte[] file = ServedNetwork.file(ServedNetwork.grey(pixels), format);
            JsonNode said = ok(served.post("image/" + format, file, "?timeSteps=4"));
            assertThat(ok(served.post(type, file, "?timeSteps=4")).get("logits"))
                    .isEqualTo(said.get("logits"));
        }
        byte[] other = ServedNetwork.json(pixels, "").getBytes(StandardCharsets.UTF_8);
        HttpResponse<String> refused = served.post(type, other, "");
        assertThat(refused.statusCode()).isEqualTo(415);
        assertThat(refused.body()).contains("PNG", "-F image=@boot.png");
        assertThat(served.post(type, new byte[0], "").statusCode()).isEqualTo(415);
    }

    @Test
    void aFormHoldsAnImage() throws Exception {
        byte[] file = ServedNetwork.file(ServedNetwork.grey(pixels), "png");
        JsonNode direct = ok(served.post("image/png", file, "?timeSteps=3"));
        JsonNode form = ok(form(file, "image", "timeSteps", "3"));
        assertThat(form.get("logits")).isEqualTo(direct.get("logits"));
        assertThat(form.get("timeSteps").asInt()).isEqualTo(3);
        assertThat(form(file, "picture", "timeSteps", "3").body()).contains("the form has no image");
        assertThat(form(file, "image", "what", "3").body()).contains("unknown parameter");
        assertThat(form(new byte[20], "image", "timeSteps", "3").statusCode()).isEqualTo(400);
        assertThat(form(file, "image", "image", "3").body()).contains("a part is there twice");
        assertThat(served.post("multipart/form-data", file, "").body()).contains("no boundary");
        assertThat(served.post("multipart/form-data; boundary=-x", file, "").statusCode())
                .isEqualTo(400);
    }

    /** What curl sends for {@code -F NAME=VALUE -F FILENAME=@boot.png}. */
    private HttpResponse<String> form(byte[] file, String fileField, String name, String value) throws Exception {
        String edge = "----------------------------a0b1c2d3";
        ByteArrayOutputStream body = new ByteArrayOutputStream();
        body.writeBytes(("--" + edge + "\r\nContent-Disposition: form-data; name=\"" + name + "\"\r\n\r\n" + value
                        + "\r\n--" + edge + "\r\nContent-Disposition: form-data; name=\"" + fileField
                        + "\"; filename=\"boot.png\"\r\nContent-Type: image/png\r\n\r\n")
                .getBytes(StandardCharsets.UTF_8));
        body.writeBytes(file);
        body.writeBytes(("\r\n--" + edge + "--\r\n").getBytes(StandardCharsets.UTF_8));
        return served.post("multipart/form-data; boundary=" + edge, body.toByteArray(), "");
    }

    @Test
    void methodsTypesSizesAndHostsHaveTheirCodes() throws Exception {
        assertThat(served.get("/nothing").statusCode()).isEqualTo(404);
        assertThat(served.get("/v1/samples/x.png").statusCode()).isEqualTo(404);
        HttpResponse<String> method = served.get("/v1/classify");
        assertThat(method.statusCode()).isEqualTo(405);
        assertThat(method.headers().firstValue("Allow")).hasValue("POST");
        assertThat(served.post("text/plain", new byte[3], "").statusCode()).isEqualTo(415);
        assertThat(served.post("image/png", new byte[200_001], "").statusCode()).isEqualTo(413);
        assertThat(served.post("image/png", new byte[900_000], "").statusCode()).isEqualTo(413);
        assertThat(served.post("image/png", new byte[9], "?what=1").statusCode())
                .isEqualTo(400);
        HttpRequest wanting = HttpRequest.newBuilder(served.at("/v1/model"))
                .header("Accept", "text/html")
                .build();
        assertThat(served.client()
                        .send(wanting, HttpResponse.BodyHandlers.ofString())
                        .statusCode())
                .isEqualTo(406);
        assertThat(served.raw("GET / HTTP/1.1\r\nHost: evil.example\r\nConnection: close\r\n\r\n".getBytes()))
                .startsWith("HTTP/1.1 421 ");
        assertThat(served.raw(("GET / HTTP/1.1\r\nHost: localhost\r\nX: " + "x".repeat(9000) + "\r\n\r\n").getBytes()))
                .startsWith("HTTP/1.1 431 ")
                .contains("{\"error\":");
    }

    @Test
    void theModelItsSamplesAndItsHealthAreThere() throws Exception {
        JsonNode model = ok(served.get("/v1/model"));
        assertThat(model.get("network").textValue()).isEqualTo("tiny");
        assertThat(model.get("classes").size()).isEqualTo(3);
        assertThat(model.get("nodes")
                        .get(1)
                        .get("settings")
                        .get("geometry")
                        .get("down")
                        .get("kernel")
                        .intValue())
                .isEqualTo(3);
        assertThat(model.get("nodes").get(2).get("thetaPositive").get("mean").floatValue())
                .isEqualTo(0.6f);
        JsonNode samples = ok(served.get("/v1/samples")).get("samples");
        assertThat(samples.size()).isEqualTo(6);
        HttpResponse<String> sample = served.get(samples.get(5).get("image").textValue());
        assertThat(sample.headers().firstValue("Content-Type")).hasValue("image/png");
        assertThat(ok(served.get("/healthz")).get("status").textValue()).isEqualTo("ok");
    }

    @Test
    void thePageLetsNothingFromElsewhereRun() throws Exception {
        HttpResponse<String> page = served.get("/");
        assertThat(page.headers().firstValue("Content-Security-Policy").orElseThrow())
                .startsWith("default-src 'none'")
                .doesNotContain("unsafe")
                .contains("script-src 'sha256-");
        assertThat(page.body().replace("http://www.w3.org/2000/svg", ""))
                .doesNotContain("http://", "https://", "/*SCRIPT*/", "/*STYLE*/");
    }

    @Test
    void metricsAreInPrometheusForm() throws Exception {
        served.post(ServedNetwork.json(pixels, ",\"trace\":true"));
        HttpResponse<String> metrics = served.get("/metrics");
        assertThat(metrics.headers().firstValue("Content-Type").orElseThrow()).startsWith("text/plain; version=0.0.4");
        assertThat(metrics.body().lines())
                .allMatch(line -> line.startsWith("#")
                        || line.matches("[a-zA-Z_:][a-zA-Z0-9_:]*(\\{[^}]*\\})? (-?[0-9.]+(E-?[0-9]+)?|NaN|[+-]Inf)"));
        assertThat(metrics.body())
                .contains(
                        "ambispike_http_requests_total{code=\"200\",route=\"/v1/classify\"}",
                        "ambispike_http_request_duration_seconds_bucket",
                        "ambispike_http_requests_in_flight 1.0",
                        "ambispike_spikes_total{polarity=\"negative\"}",
                        "ambispike_time_steps_count",
                        "ambispike_sessions 2.0",
                        "jvm_memory_used_bytes",
                        "process_resident_memory_bytes");
    }

    @Test
    void anotherServerOrAnotherAnnIsRefused() {
        ServerSettings taken =
                ServerSettings.builder().port(served.server().uri().getPort()).build();
        assertThatExceptionOfType(InputException.class)
                .isThrownBy(() -> ModelServer.start(
                        served.model(), served.model().clippedAnn(), Optional.empty(), ServedNetwork.OPTIONS, taken))
                .withMessageContaining("cannot listen on 127.0.0.1:" + taken.port());
        assertThatExceptionOfType(InputException.class)
                .isThrownBy(() -> ModelServer.start(
                        served.model(),
                        AnnModel.of(SmallNetworks.clippedAnn(1)),
                        Optional.empty(),
                        ServedNetwork.OPTIONS,
                        ServerSettings.defaults()))
                .withMessageContaining("another input");
    }
}
