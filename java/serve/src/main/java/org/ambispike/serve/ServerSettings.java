package org.ambispike.serve;

import org.ambispike.data.ImageTransform;

/**
 * Where and how a model is served. A value; thread-safe.
 *
 * @param host name or address to listen on
 * @param port 0 for a free one
 * @param largestTimeSteps the largest T of a request
 * @param sessions that compute at once, at least 1
 * @param limits for clients
 * @param images what is done to image files of requests; nothing to show all of them in the middle of black
 */
public record ServerSettings(
        String host, int port, int largestTimeSteps, int sessions, Limits limits, ImageTransform images) {
    /** The address that only programs on the same machine reach. */
    public static final String LOOPBACK = "127.0.0.1";

    /** On a free port of the loopback address, T up to 64, two sessions. */
    public static ServerSettings defaults() {
        return new ServerSettings(LOOPBACK, 0, 64, 2, Limits.defaults(), ImageTransform.none());
    }

    public ServerSettings withLimits(Limits other) {
        return new ServerSettings(host, port, largestTimeSteps, sessions, other, images);
    }

    public ServerSettings withSessions(int other) {
        return new ServerSettings(host, port, largestTimeSteps, other, limits, images);
    }

    public ServerSettings withPort(int other) {
        return new ServerSettings(host, other, largestTimeSteps, sessions, limits, images);
    }
}
