package org.ambispike.support;

import static org.junit.jupiter.api.Assumptions.abort;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.WebSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/** A headless Chromium, led by its DevTools protocol. */
public final class Browser implements AutoCloseable, WebSocket.Listener {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final Duration PATIENCE = Duration.ofSeconds(30);

    private final Process process;
    private final BlockingQueue<JsonNode> answers = new LinkedBlockingQueue<>();
    private final StringBuilder partial = new StringBuilder();
    private final WebSocket socket;
    private int calls;

    private Browser(Process process, URI tab) {
        this.process = process;
        this.socket = HttpClient.newHttpClient()
                .newWebSocketBuilder()
                .buildAsync(tab, this)
                .join();
    }

    /** Opens a browser; skips the running tests where there is none. */
    public static Browser openOrSkip() throws Exception {
        Optional<Path> executable = executable();
        if (executable.isEmpty()) {
            System.out.println("skipped: there is no Chromium to look at the page with");
            abort("there is no Chromium to look at the page with");
        }
        // the browser may still write its profile when it is gone
        return open(executable.orElseThrow(), Files.createTempDirectory("ambispike-browser"));
    }

    private static Optional<Path> executable() {
        return Stream.of("chromium", "chromium-browser", "google-chrome")
                .flatMap(name -> Stream.of("/usr/bin/", "/usr/local/bin/").map(folder -> Path.of(folder + name)))
                .filter(Files::isExecutable)
                .findFirst();
    }

    /** @param folder an empty one, for the profile */
    private static Browser open(Path executable, Path folder) throws Exception {
        Process process = new ProcessBuilder(List.of(
                        executable.toString(),
                        "--headless",
                        "--no-sandbox",
                        "--disable-gpu",
                        "--disable-quic",
                        "--no-first-run",
                        "--disable-background-networking",
                        "--disable-component-update",
                        "--disable-sync",
                        "--window-size=360,780",
                        "--remote-debugging-port=0",
                        "--user-data-dir=" + folder,
                        "about:blank"))
                .redirectErrorStream(true)
                .redirectOutput(folder.resolve("output").toFile())
                .start();
        Path file = folder.resolve("DevToolsActivePort");
        long end = System.nanoTime() + PATIENCE.toNanos();
        while (!Files.exists(file) || Files.readAllLines(file).size() < 2) {
            if (System.nanoTime() > end || !process.isAlive()) {
                process.destroy();
                throw new IOException("the browser did not start: " + Files.readString(folder.resolve("output")));
            }
            Thread.sleep(50);
        }
        String port = Files.readAllLines(file).get(0);
        JsonNode tabs = JSON.readTree(
                URI.create("http://127.0.0.1:" + port + "/json/list").toURL());
        for (JsonNode tab : tabs) {
            if (tab.get("type").textValue().equals("page")) {
                return new Browser(
                        process, URI.create(tab.get("webSocketDebuggerUrl").textValue()));
            }
        }
        process.destroy();
        throw new IOException("the browser has no tab: " + tabs);
    }

    @Override
    public CompletionStage<?> onText(WebSocket from, CharSequence data, boolean last) {
        partial.append(data);
        if (last) {
            try {
                answers.add(JSON.readTree(partial.toString()));
            } catch (IOException e) {
                throw new IllegalStateException(e);
            }
            partial.setLength(0);
        }
        from.request(1);
        return null;
    }

    private JsonNode call(String method, Map<String, Object> parameters) throws Exception {
        int id = ++calls;
        socket.sendText(JSON.writeValueAsString(Map.of("id", id, "method", method, "params", parameters)), true)
                .join();
        while (true) {
            JsonNode answer = answers.poll(PATIENCE.toSeconds(), TimeUnit.SECONDS);
            if (answer == null) {
                throw new IOException("the browser does not answer " + method);
            }
            if (answer.path("id").asInt() == id) {
                return answer.get("result");
            }
        }
    }

    public void go(URI page) throws Exception {
        call("Page.navigate", Map.of("url", page.toString()));
    }

    /** The value of an expression, as text; a promise is waited for. */
    public String value(String expression) throws Exception {
        JsonNode result =
                call("Runtime.evaluate", Map.of("expression", expression, "awaitPromise", true, "returnByValue", true));
        if (result.has("exceptionDetails")) {
            throw new IOException("the page threw " + result.get("exceptionDetails"));
        }
        return result.get("result").path("value").asText();
    }

    public void waitFor(String expression) throws Exception {
        long end = System.nanoTime() + PATIENCE.toNanos();
        while (!value("Boolean(" + expression + ")").equals("true")) {
            if (System.nanoTime() > end) {
                throw new IOException("never came true: " + expression);
            }
            Thread.sleep(50);
        }
    }

    /** Sets size and taste of whoever looks, for pages that are opened from now on. */
    public void look(int width, int height, boolean dark, boolean still) throws Exception {
        call(
                "Emulation.setDeviceMetricsOverride",
                Map.of("width", width, "height", height, "deviceScaleFactor", 1, "mobile", false));
        call(
                "Emulation.setEmulatedMedia",
                Map.of(
                        "features",
                        List.of(
                                Map.of("name", "prefers-color-scheme", "value", dark ? "dark" : "light"),
                                Map.of(
                                        "name",
                                        "prefers-reduced-motion",
                                        "value",
                                        still ? "reduce" : "no-preference"))));
    }

    /** A key of the keyboard, to whatever has the focus. */
    public void press(Key key) throws Exception {
        Map<String, Object> event = new HashMap<>(
                Map.of("type", "keyDown", "key", key.key, "code", key.code, "windowsVirtualKeyCode", key.number));
        if (!key.text.isEmpty()) {
            event.put("text", key.text);
        }
        call("Input.dispatchKeyEvent", event);
        event.remove("text");
        event.put("type", "keyUp");
        call("Input.dispatchKeyEvent", event);
    }

    /** Keys that have no letter, and the space bar. */
    public enum Key {
        TAB("Tab", "Tab", 9, ""),
        ENTER("Enter", "Enter", 13, "\r"),
        SPACE(" ", "Space", 32, " "),
        END("End", "End", 35, ""),
        HOME("Home", "Home", 36, ""),
        LEFT("ArrowLeft", "ArrowLeft", 37, ""),
        RIGHT("ArrowRight", "ArrowRight", 39, "");

        private final String key;
        private final String code;
        private final int number;
        private final String text;

        Key(String key, String code, int number, String text) {
            this.key = key;
            this.code = code;
            this.number = number;
            this.text = text;
        }
    }

    /** What a screen reader finds: "role: name" of every node that it does not pass over. */
    public List<String> spoken() throws Exception {
        List<String> nodes = new ArrayList<>();
        for (JsonNode node : call("Accessibility.getFullAXTree", Map.of()).get("nodes")) {
            if (!node.path("ignored").asBoolean()) {
                nodes.add(node.at("/role/value").asText() + ": "
                        + node.at("/name/value").asText());
            }
        }
        return nodes;
    }

    @Override
    public void close() throws InterruptedException {
        socket.abort();
        process.destroy();
        process.waitFor(10, TimeUnit.SECONDS);
    }
}
