package org.ambispike.common;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.Properties;

/**
 * What was built: read from {@code META-INF/ambispike/version.properties}, which the build writes.
 *
 * @param version of the project
 * @param commit abbreviated, with {@code -dirty} where the tree had changes, or {@code unknown} without a repository
 */
public record Version(String version, String commit) {
    private static final String RESOURCE = "/META-INF/ambispike/version.properties";

    /** The version of the running code. */
    public static Version current() {
        Properties properties = new Properties();
        try (InputStream in = Version.class.getResourceAsStream(RESOURCE)) {
            if (in == null) {
                throw new IllegalStateException(
                        "the jar holds no " + RESOURCE + "; build it again with ./mvnw package");
            }
            properties.load(in);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return new Version(properties.getProperty("version"), properties.getProperty("commit"));
    }
}
