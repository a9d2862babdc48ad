package org.ambispike.serve;

import java.time.Duration;

/** What a server takes from its clients. Immutable, thread-safe. */
public final class Limits {
    private final int bodyBytes;
    private final int headerBytes;
    private final int connections;
    private final int uploads;
    private final int queue;
    private final Duration idle;
    private final Duration receive;
    private final Duration request;
    private final Duration drain;

    private Limits(Builder from) {
        this.bodyBytes = from.bodyBytes;
        this.headerBytes = from.headerBytes;
        this.connections = from.connections;
        this.uploads = from.uploads;
        this.queue = from.queue;
        this.idle = from.idle;
        this.receive = from.receive;
        this.request = from.request;
        this.drain = from.drain;
    }

    /** 4 MiB, 8 KiB, 256 connections, 32 uploads, 64 waiting; 15 s idle, 15 s to arrive, 30 s to answer, 30 s to drain. */
    public static Limits defaults() {
        return builder().build();
    }

    /** Returns a builder that begins with {@link #defaults}. */
    public static Builder builder() {
        return new Builder();
    }

    /** Collects limits; what is not set stays as it was. For one thread. */
    public static final class Builder {
        private int bodyBytes = 4 << 20;
        private int headerBytes = 8 << 10;
        private int connections = 256;
        private int uploads = 32;
        private int queue = 64;
        private Duration idle = Duration.ofSeconds(15);
        private Duration receive = Duration.ofSeconds(15);
        private Duration request = Duration.ofSeconds(30);
        private Duration drain = Duration.ofSeconds(30);

        private Builder() {}

        /** Sets the largest body of a request. */
        public Builder bodyBytes(int bytes) {
            this.bodyBytes = bytes;
            return this;
        }

        /** Sets the largest request line and headers together. */
        public Builder headerBytes(int bytes) {
            this.headerBytes = bytes;
            return this;
        }

        /** Sets how many connections are open at once; further ones wait to be accepted. */
        public Builder connections(int count) {
            this.connections = count;
            return this;
        }

        /** Sets how many bodies are being received at once; further ones get 503. */
        public Builder uploads(int count) {
            this.uploads = count;
            return this;
        }

        /** Sets how many requests wait for a session; further ones get 503. */
        public Builder queue(int requests) {
            this.queue = requests;
            return this;
        }

        /** Sets how long a connection may be silent, in the middle of a request or between two. */
        public Builder idle(Duration longest) {
            this.idle = longest;
            return this;
        }

        /** Sets how long a request may take to arrive, from its first byte to its last. */
        public Builder receive(Duration longest) {
            this.receive = longest;
            return this;
        }

        /** Sets how long a request may take from its arrival to its answer. */
        public Builder request(Duration longest) {
            this.request = longest;
            return this;
        }

        /** Sets how long the end of the server waits for requests that are under way. */
        public Builder drain(Duration longest) {
            this.drain = longest;
            return this;
        }

        public Limits build() {
            return new Limits(this);
        }
    }

    public int bodyBytes() {
        return bodyBytes;
    }

    public int headerBytes() {
        return headerBytes;
    }

    public int connections() {
        return connections;
    }

    public int uploads() {
        return uploads;
    }

    public int queue() {
        return queue;
    }

    public Duration idle() {
        return idle;
    }

    public Duration receive() {
        return receive;
    }

    public Duration request() {
        return request;
    }

    public Duration drain() {
        return drain;
    }
}
