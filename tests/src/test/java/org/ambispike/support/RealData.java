package org.ambispike.support;

import static org.junit.jupiter.api.Assumptions.abort;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Stream;
import org.ambispike.common.InputException;
import org.ambispike.data.DataLocator;
import org.ambispike.data.DataPlaces;
import org.ambispike.data.Dataset;
import org.ambispike.data.FashionMnist;
import org.ambispike.data.Published;
import org.ambispike.data.Split;

/**
 * Real data sets for tests, fetched where they are missing. Where that cannot be done the test is skipped with the
 * reason printed, or fails if the environment has {@code AMBISPIKE_REQUIRE_DATA=1}.
 */
public final class RealData {
    private static final Map<Split, Dataset> LOADED = new ConcurrentHashMap<>();

    private RealData() {}

    /** Fashion-MNIST, found and read once for all tests of a run. */
    public static Dataset fashionMnist(Split split) {
        return LOADED.computeIfAbsent(split, part -> FashionMnist.load(part, fashionMnistFolder()));
    }

    /** The folder with the four files of Fashion-MNIST. */
    public static Path fashionMnistFolder() {
        return Located.FASHION_MNIST.orElseThrow();
    }

    /** The folder with the files of CIFAR-10, or of a copy; never fetched, as it is large. */
    public static Path cifar10Folder() {
        DataPlaces places = DataPlaces.ofProcess();
        DataPlaces here = new DataPlaces(places.environment(), places.home(), places.systemData(), Optional.empty());
        try {
            return new DataLocator(here, System.out::println).folder(Published.CIFAR_10, Optional.empty());
        } catch (InputException e) {
            System.out.println("skipped: " + e.getMessage());
            return abort(e.getMessage());
        }
    }

    /** The project's source tree: the nearest folder upwards that has the build scripts. */
    public static Path checkout() {
        return Stream.iterate(Path.of("").toAbsolutePath(), folder -> folder != null, Path::getParent)
                .filter(folder -> Files.isDirectory(folder.resolve("build-scripts")))
                .findFirst()
                .orElseThrow(() -> new IllegalStateException("the tests run outside of the project's source tree"));
    }

    /** Skips the running test because data cannot be had, or fails it where data are required. */
    public static void unavailable(String reason) {
        if ("1".equals(System.getenv("AMBISPIKE_REQUIRE_DATA"))) {
            throw new AssertionError("AMBISPIKE_REQUIRE_DATA=1, but " + reason);
        }
        System.out.println("skipped: " + reason);
        abort(reason);
    }

    private record Found(Optional<Path> folder, String reason) {
        Path orElseThrow() {
            if (folder.isEmpty()) {
                unavailable(reason);
            }
            return folder.orElseThrow();
        }
    }

    /** Holds the search's outcome, so that an unreachable network is tried once and not by every test. */
    private static final class Located {
        private static final Found FASHION_MNIST = locate();

        private static Found locate() {
            DataPlaces places = DataPlaces.ofProcess().withCheckout(checkout());
            try {
                Path folder =
                        new DataLocator(places, System.out::println).folder(Published.FASHION_MNIST, Optional.empty());
                return new Found(Optional.of(folder), "");
            } catch (InputException e) {
                return new Found(Optional.empty(), e.getMessage());
            }
        }
    }
}
