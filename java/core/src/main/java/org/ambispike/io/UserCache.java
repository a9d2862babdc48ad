package org.ambispike.io;

import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;

/** The folder in which what costs time to find out or to fetch is kept for a user. */
public final class UserCache {
    private UserCache() {}

    /** Returns the cache of this process. */
    public static Path folder() {
        return folder(System.getenv(), Path.of(System.getProperty("user.home")));
    }

    /**
     * {@code $XDG_CACHE_HOME/ambispike}, else {@code ~/.cache/ambispike}; as the XDG specification has it, a relative one
     * counts as not set.
     */
    public static Path folder(Map<String, String> environment, Path home) {
        return Optional.ofNullable(environment.get("XDG_CACHE_HOME"))
                .map(Path::of)
                .filter(Path::isAbsolute)
                .orElse(home.resolve(".cache"))
                .resolve("ambispike");
    }
}
