package org.ambispike.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.BufferedReader;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.ambispike.io.ModelFiles;
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
        ProcessBuilder builder = new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-cp",
                System.getProperty("java.class.path"),
                Main.class.getName(),
                "serve",
                model().toString(),
                "--port",
                "0");
        Path errors = folder.resolve("errors");
        Process process = builder.redirectError(errors.toFile()).start();
        try (BufferedReader out = process.inputReader()) {
            String line = String.valueOf(out.readLine());
            assertThat(line).as(Files.readString(errors)).matches("serving small .* on http://127\\.0\\.0\\.1:\\d+/");
            URI uri = URI.create(line.substring(line.lastIndexOf(' ') + 1));
            int steps = 64;
            String body = "{\"pixels\":[" + "7,".repeat(71) + "7],\"timeSteps\":" + steps + "}";
            HttpRequest request = HttpRequest.newBuilder(uri.resolve("/v1/classify"))
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
    void whatCannotBeServedIsSaidInOneLine() throws Exception {
        Path ann = folder.resolve("ann.safetensors");
        ModelFiles.write(ann, SmallNetworks.clippedAnn(3));
        refuses("holds an ANN", "serve", ann.toString());
        refuses("--port must be from 0 to 65535", "serve", model().toString(), "--port", "70000");
        refuses("--T-max must be from 1 to 1024", "serve", model().toString(), "--T-max", "0");
        try (ServerSocket taken = new ServerSocket(0)) {
            refuses("cannot listen on", "serve", model().toString(), "--port", "" + taken.getLocalPort());
        }
        refuses("cannot listen on", "serve", model().toString(), "--port", "0", "--host", "203.0.113.7");
    }

    private static void refuses(String message, String... arguments) {
        CommandLineRun run = CommandLineRun.of(arguments);
        assertThat(run.code()).as(run.err()).isEqualTo(2);
        assertThat(run.err()).contains(message).doesNotContain("\tat ");
    }
}
