package org.ambispike.data;

import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import org.ambispike.io.UserCache;

/**
 * Where a process can look for data sets.
 *
 * @param environment {@code AMBISPIKE_DATA}, {@code XDG_CACHE_HOME} and what a started script inherits
 * @param home the user's home folder
 * @param systemData the folder under which the system's packages put data sets
 * @param checkout the project's source tree, whose script can fetch what is missing
 */
public record DataPlaces(Map<String, String> environment, Path home, Path systemData, Optional<Path> checkout) {
    public DataPlaces {
        environment = Map.copyOf(environment);
    }

    /** Returns the places of this process; the checkout is the system property {@code ambispike.home}, else {@code AMBISPIKE_HOME}. */
    public static DataPlaces ofProcess() {
        Map<String, String> environment = System.getenv();
        Optional<Path> checkout = Optional.ofNullable(System.getProperty("ambispike.home"))
                .or(() -> Optional.ofNullable(environment.get("AMBISPIKE_HOME")))
                .filter(text -> !text.isBlank())
                .map(Path::of);
        return new DataPlaces(
                environment, Path.of(System.getProperty("user.home")), Path.of("/usr/share/datasets"), checkout);
    }

    public DataPlaces withCheckout(Path folder) {
        return new DataPlaces(environment, home, systemData, Optional.of(folder));
    }

    /** The folder named by {@code AMBISPIKE_DATA}, if it is set and not blank. */
    Optional<Path> fromEnvironment() {
        return Optional.ofNullable(environment.get("AMBISPIKE_DATA"))
                .filter(text -> !text.isBlank())
                .map(Path::of);
    }

    /** The user's cache. */
    Path cache() {
        return UserCache.folder(environment, home);
    }
}
