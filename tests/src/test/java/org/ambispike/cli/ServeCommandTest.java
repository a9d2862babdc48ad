package org.ambispike.cli;

import static org.ambispike.cli.CommandLineRun.refused;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.BufferedReader;
import java.io.IOException;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.ambispike.io.ModelFiles;
import org.ambispike.io.ModelInfo;
import org.ambispike.io.SavedModel;
import org.ambispike.support.ChildJvm;
import org.ambispike.support.SmallNetworks;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The command as a process, and what it refuses. */
class ServeCommandTest {
    @TempDir
    private Path folder;

    private Path model() {
        Path file = folder.resolve("snn.safetensors");
        ModelFiles.write(file, SmallNetworks.random(3));
        return file;
    }

    /** The body of a request arrives after the signal: it is answered all the same. */
    @Test
    @Timeout(60)
    void sigtermLetsRequestsFinishAndEndsWithZero() throws Exception {
        Path errors = folder.resolve("errors");
        Process process = serve(errors, model().toString());
        try (BufferedReader out = process.inputReader()) {
            String line = String.valueOf(out.readLine());
            assertThat(line).as(Files.readString(errors)).matches("serving small .* on http://127\\.0\\.0\\.1:\\d+/");
            String body = "{\"pixels\":[" + "7,".repeat(71) + "7],\"timeSteps\":64}";
            HttpRequest request = HttpRequest.newBuilder(address(line).resolve("/v1/classify"))
                    .header("Content-Type", "application/json")
                    .POST(HttpRequest.BodyPublishers.fromPublisher(new Halves(body, process::destroy), body.length()))
                    .build();
            CompletableFuture<HttpResponse<String>> answer =
                    HttpClient.newHttpClient().sendAsync(request, HttpResponse.BodyHandlers.ofString());
            assertThat(answer.get(30, TimeUnit.SECONDS).statusCode()).isEqualTo(200);
            assertThat(process.waitFor(30, TimeUnit.SECONDS)).isTrue();
            assertThat(process.exitValue()).isZero();
            assertThat(Files.readString(errors))
                    .contains("stopping after the requests")
                    .doesNotContain("\tat ");
        } finally {
            process.destroyForcibly();
        }
    }

    @Test
    @Timeout(60)
    void withoutAModelTheSampleIsServed() throws Exception {
        Path errors = folder.resolve("errors");
        Process process = serve(errors);
        try (BufferedReader out = process.inputReader()) {
            String line = String.valueOf(out.readLine());
            assertThat(line).as(Files.readString(errors)).startsWith("serving sample ([28, 28, 1] to 10 classes");
            assertThat(Files.readString(errors)).contains("no MODEL was named, so this is the sample");
            URI uri = address(line);
            HttpClient client = HttpClient.newHttpClient();
            JsonNode samples =
                    new ObjectMapper().readTree(get(uri.resolve("/v1/samples"))).get("samples");
            assertThat(samples).hasSize(20);
            int right = 0;
            for (JsonNode sample : samples) {
                URI image = uri.resolve(sample.get("image").asText());
                byte[] file = client.send(
                                HttpRequest.newBuilder(image).build(), HttpResponse.BodyHandlers.ofByteArray())
                        .body();
                HttpRequest classify = HttpRequest.newBuilder(uri.resolve("/v1/classify"))
                        .header("Content-Type", "image/png")
                        .POST(HttpRequest.BodyPublishers.ofByteArray(file))
                        .build();
                String answer = client.send(classify, HttpResponse.BodyHandlers.ofString())
                        .body();
                right += new ObjectMapper().readTree(answer).get("class").equals(sample.get("label")) ? 1 : 0;
            }
            assertThat(right).isGreaterThanOrEqualTo(16);
        } finally {
            process.destroy();
            process.waitFor(30, TimeUnit.SECONDS);
        }
    }

    /** What a terminal would obey: an escape sequence, a change of direction, another end of line. */
    @Test
    @Timeout(60)
    void namesFromAFileActOnNoTerminal() throws Exception {
        String evil = "\u001b[2Jnet\u202e\u2028\u0085\r\n";
        SavedModel saved = SmallNetworks.random(3);
        ModelInfo info = new ModelInfo(
                evil,
                evil,
                saved.info().normalisation(),
                List.of(evil, "b" + evil, "c", "d"),
                List.of(2),
                Map.of("a", evil));
        Path file = folder.resolve("evil.safetensors");
        ModelFiles.write(file, new SavedModel(saved.graph(), saved.weights(), info));
        for (String command : List.of("inspect", "evaluate", "convert", "calibrate", "serve")) {
            CommandLineRun run = command.equals("serve")
                    ? CommandLineRun.of(command, file.toString(), "--ann", folder.toString())
                    : CommandLineRun.of(command, file.toString());
            assertThat(run.out() + run.err())
                    .as(command)
                    .isNotEmpty()
                    .doesNotContainPattern("[\\p{Cc}\\p{Cf}\u2028&&[^\\n]]");
        }
        Path errors = folder.resolve("errors");
        Process process = serve(errors, file.toString());
        try (BufferedReader out = process.inputReader()) {
            String line = String.valueOf(out.readLine());
            assertThat(line).as(Files.readString(errors)).startsWith("serving [2Jnet");
            String model = get(address(line).resolve("/v1/model"));
            assertThat(model).matches("[\\x20-\\x7e]+");
            assertThat(new ObjectMapper().readTree(model).at("/classes/0").asText())
                    .isEqualTo(evil);
        } finally {
            process.destroy();
            process.waitFor(30, TimeUnit.SECONDS);
        }
        assertThat(Files.readString(errors)).doesNotContainPattern("[\\p{Cc}\\p{Cf}\u2028&&[^\\n]]");
    }

    private static Process serve(Path errors, String... arguments) throws IOException {
        List<String> command = ChildJvm.command(Main.class, List.of(), List.of("serve", "--port", "0"));
        command.addAll(List.of(arguments));
        return new ProcessBuilder(command).redirectError(errors.toFile()).start();
    }

    private static URI address(String line) {
        return URI.create(line.substring(line.lastIndexOf(' ') + 1));
    }

    private static String get(URI uri) throws IOException, InterruptedException {
        return HttpClient.newHttpClient()
                .send(HttpRequest.newBuilder(uri).build(), HttpResponse.BodyHandlers.ofString())
                .body();
    }

    @Test
    void whatCannotBeServedIsSaidInOneLine() throws Exception {
        Path ann = folder.resolve("ann.safetensors");
        ModelFiles.write(ann, SmallNetworks.clippedAnn(3));
        Path snn = model();
        assertThat(refused("serve %", ann)).contains("holds an ANN");
        assertThat(refused("serve % --port 70000", snn)).contains("--port must be from 0 to 65535");
        assertThat(refused("serve % --T-max 0", snn)).contains("--T-max must be from 1 to 1024");
        try (ServerSocket taken = new ServerSocket(0)) {
            cannotListen("serve % --port %", snn, taken.getLocalPort());
        }
        cannotListen("serve % --port 0 --host 203.0.113.7", snn);
    }

    /** A line before says that the page has no images. */
    private static void cannotListen(String line, Object... values) {
        CommandLineRun run = CommandLineRun.typed(line, values);
        assertThat(run.code()).as(run.err()).isEqualTo(2);
        assertThat(run.err()).contains("cannot listen on").doesNotContain("\tat ");
    }
}
