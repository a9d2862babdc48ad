package org.ambispike.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.ambispike.common.InputException;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DataLocatorTest {
    @TempDir
    Path folder;

    private final Map<String, String> environment = new HashMap<>();
    private final List<String> lines = new ArrayList<>();
    private Published set = Published.FASHION_MNIST;
    private Optional<Path> checkout = Optional.empty();
    private Path cache;
    private Path system;

    @BeforeEach
    void setPlaces() {
        cache = folder.resolve("home/.cache/ambispike/fashion-mnist");
        system = folder.resolve("share/fashion-mnist");
        environment.put("PATH", System.getenv("PATH"));
    }

    @Test
    void searchesInOrder() {
        IdxFiles.fashionMnist(system);
        finds(Optional.empty(), system, "the system's package");
        IdxFiles.fashionMnist(cache);
        finds(Optional.empty(), cache, "the user's cache");
        environment.put(
                "AMBISPIKE_DATA", IdxFiles.fashionMnist(folder.resolve("env")).toString());
        finds(Optional.empty(), folder.resolve("env"), "AMBISPIKE_DATA");
        Path named = IdxFiles.fashionMnist(folder.resolve("named"));
        finds(Optional.of(named), named, "--data");
    }

    @Test
    void namedFoldersMayHoldTheFolder() {
        Path inner = IdxFiles.fashionMnist(folder.resolve("parent/fashion-mnist"));
        finds(Optional.of(folder.resolve("parent")), inner, "--data");
        environment.put("AMBISPIKE_DATA", folder.resolve("parent").toString());
        finds(Optional.empty(), inner, "AMBISPIKE_DATA");
    }

    @Test
    void namedFoldersAreNeverPassedOver() throws IOException {
        IdxFiles.fashionMnist(cache);
        Path named = IdxFiles.fashionMnist(folder.resolve("named"));
        Files.delete(named.resolve("t10k-labels-idx1-ubyte"));
        refuses(Optional.of(named), "--data: " + named + " lacks t10k-labels-idx1-ubyte (plain or .gz)");
        environment.put("AMBISPIKE_DATA", folder.resolve("absent").toString());
        refuses(
                Optional.empty(),
                "AMBISPIKE_DATA: " + folder.resolve("absent") + " is not a folder, expected one with");
    }

    @Test
    void emptyVariablesCountAsNotSet() {
        environment.put("AMBISPIKE_DATA", " ");
        environment.put("XDG_CACHE_HOME", "");
        IdxFiles.fashionMnist(cache);
        finds(Optional.empty(), cache, "the user's cache");
    }

    @Test
    void followsXdgCacheHome() {
        environment.put("XDG_CACHE_HOME", folder.resolve("xdg").toString());
        Path moved = IdxFiles.fashionMnist(folder.resolve("xdg/ambispike/fashion-mnist"));
        finds(Optional.empty(), moved, "the user's cache");
    }

    @Test
    void passesOverAnIncompleteCache() throws IOException {
        IdxFiles.fashionMnist(system);
        IdxFiles.fashionMnist(cache);
        Files.delete(cache.resolve("train-images-idx3-ubyte"));
        finds(Optional.empty(), system, "the system's package");
    }

    @Test
    void withoutACheckoutSaysWhatToDownloadAndWhereTo() {
        refuses(Optional.empty(), "put the four files of https://github.com/zalandoresearch/fashion-mnist (");
        refuses(Optional.empty(), "train-images-idx3-ubyte.gz, train-labels-idx1-ubyte.gz, ");
        refuses(Optional.empty(), " into " + cache + ", ");
    }

    @Test
    void fetchesIntoTheCache() {
        Path stock = IdxFiles.fashionMnist(folder.resolve("stock"));
        script("echo fetching; mkdir -p \"$2\"; cp " + stock + "/* \"$2\"");
        assertThat(locate(Optional.empty())).isEqualTo(cache);
        assertThat(lines).contains("fetching").last().asString().endsWith("(fetched now)");
    }

    @Test
    void tellsTheLastLineOfAFetchThatFailed() {
        script("echo trying; echo 'no network' >&2; exit 1");
        refuses(Optional.empty(), "Fashion-MNIST could not be fetched: no network (exit 1)");
        assertThat(lines).containsSubsequence("trying", "no network");
    }

    @Test
    void findsCifar10InTheSamePlaces() throws IOException {
        set = Published.CIFAR_10;
        refuses(
                Optional.empty(),
                "CIFAR-10 was not found; unpack cifar-10-binary.tar.gz of https://www.cs.toronto.edu");
        Path own = cifar(folder.resolve("home/.cache/ambispike/cifar-10-batches-bin"));
        assertThat(locate(Optional.empty())).isEqualTo(own);
        assertThat(lines).containsExactly("CIFAR-10 from " + own + " (the user's cache)");
        Path inner = cifar(folder.resolve("parent/cifar-10-batches-bin"));
        assertThat(locate(Optional.of(folder.resolve("parent")))).isEqualTo(inner);
        Files.delete(inner.resolve("data_batch_3.bin"));
        refuses(Optional.of(inner), "--data: " + inner + " lacks data_batch_3.bin");
    }

    private static Path cifar(Path target) {
        for (int batch = 1; batch <= 5; batch++) {
            IdxFiles.write(target.resolve("data_batch_" + batch + ".bin"), new byte[3073]);
        }
        IdxFiles.write(target.resolve("test_batch.bin"), new byte[3073]);
        return target;
    }

    private void script(String commands) {
        checkout = Optional.of(folder.resolve("checkout"));
        IdxFiles.write(folder.resolve("checkout/build-scripts/fetch-data.sh"), (commands + "\n").getBytes());
    }

    private Path locate(Optional<Path> named) {
        DataPlaces places = new DataPlaces(environment, folder.resolve("home"), folder.resolve("share"), checkout);
        return new DataLocator(places, lines::add).folder(set, named);
    }

    private void finds(Optional<Path> named, Path expected, String source) {
        lines.clear();
        assertThat(locate(named)).isEqualTo(expected);
        assertThat(lines).containsExactly("Fashion-MNIST from " + expected + " (" + source + ")");
    }

    private void refuses(Optional<Path> named, String message) {
        assertThatThrownBy(() -> locate(named))
                .isInstanceOf(InputException.class)
                .hasMessageContaining(message)
                .hasMessageNotContaining("\n");
    }
}
