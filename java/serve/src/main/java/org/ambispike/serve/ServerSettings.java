package org.ambispike.serve;

import org.ambispike.data.ImageTransform;

/** Where and how a model is served. Immutable, thread-safe. */
public final class ServerSettings {
    /** The address that only programs on the same machine reach. */
    public static final String LOOPBACK = "127.0.0.1";

    private final String host;
    private final int port;
    private final int largestTimeSteps;
    private final int sessions;
    private final Limits limits;
    private final ImageTransform images;

    private ServerSettings(Builder from) {
        this.host = from.host;
        this.port = from.port;
        this.largestTimeSteps = from.largestTimeSteps;
        this.sessions = from.sessions;
        this.limits = from.limits;
        this.images = from.images;
    }

    /** On a free port of the loopback address, T up to 64, two sessions. */
    public static ServerSettings defaults() {
        return builder().build();
    }

    /** Returns a builder that begins with {@link #defaults}. */
    public static Builder builder() {
        return new Builder();
    }

    /** Collects settings; what is not set stays as it was. For one thread. */
    public static final class Builder {
        private String host = LOOPBACK;
        private int port;
        private int largestTimeSteps = 64;
        private int sessions = 2;
        private Limits limits = Limits.defaults();
        private ImageTransform images = ImageTransform.none();

        private Builder() {}

        /** Sets the name or address to listen on. */
        public Builder host(String name) {
            this.host = name;
            return this;
        }

        /** Sets the port; 0 for a free one. */
        public Builder port(int number) {
            this.port = number;
            return this;
        }

        /** Sets the largest T of a request. */
        public Builder largestTimeSteps(int steps) {
            this.largestTimeSteps = steps;
            return this;
        }

        /** Sets how many sessions compute at once, at least 1. */
        public Builder sessions(int count) {
            this.sessions = count;
            return this;
        }

        /** Sets the limits for clients. */
        public Builder limits(Limits other) {
            this.limits = other;
            return this;
        }

        /** Sets what is done to image files of requests; without, all of them are shown in the middle of black. */
        public Builder images(ImageTransform transform) {
            this.images = transform;
            return this;
        }

        public ServerSettings build() {
            return new ServerSettings(this);
        }
    }

    public String host() {
        return host;
    }

    public int port() {
        return port;
    }

    public int largestTimeSteps() {
        return largestTimeSteps;
    }

    public int sessions() {
        return sessions;
    }

    public Limits limits() {
        return limits;
    }

    public ImageTransform images() {
        return images;
    }
}
