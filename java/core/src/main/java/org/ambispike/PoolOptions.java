package org.ambispike;

import java.time.Duration;
import java.util.OptionalInt;

/** How many sessions a {@link SessionPool} has, and how requests wait for them. Immutable, thread-safe. */
public final class PoolOptions {
    private final OptionalInt sessions;
    private final Duration patience;
    private final Duration gathering;
    private final int mostWaiting;

    private PoolOptions(Builder from) {
        this.sessions = from.sessions;
        this.patience = from.patience;
        this.gathering = from.gathering;
        this.mostWaiting = from.mostWaiting;
        if (sessions.orElse(1) < 1 || patience.isNegative()) {
            throw new IllegalArgumentException("a pool needs at least one session and no negative patience, got "
                    + sessions.orElse(1) + " and " + patience);
        }
        if (gathering.isNegative() || mostWaiting < 1) {
            throw new IllegalArgumentException(
                    "a pool gathers for no negative time and lets at least one request wait, got " + gathering + " and "
                            + mostWaiting);
        }
    }

    /** As many sessions as the machine has processors for; requests wait at most 30 s and are not gathered. */
    public static PoolOptions defaults() {
        return builder().build();
    }

    /** Returns a builder that begins with {@link #defaults}. */
    public static Builder builder() {
        return new Builder();
    }

    /** Collects options; what is not set stays as it was. For one thread. */
    public static final class Builder {
        private OptionalInt sessions = OptionalInt.empty();
        private Duration patience = Duration.ofSeconds(30);
        private Duration gathering = Duration.ZERO;
        private int mostWaiting = 10_000;

        private Builder() {}

        /** Sets the number of sessions, at least 1; without, the processors divided by the threads of a session. */
        public Builder sessions(int count) {
            this.sessions = OptionalInt.of(count);
            return this;
        }

        /** Sets how long a request waits for a session, and {@link SessionPool#close} for sessions that are lent. */
        public Builder patience(Duration longest) {
            this.patience = longest;
            return this;
        }

        /**
         * Lets requests of the same T and exit rule run in one batch: the first waits so long for others, or until there are as many
         * images as {@link SessionOptions.Builder#batch} says. Zero, the default, gathers none.
         */
        public Builder gathering(Duration delay) {
            this.gathering = delay;
            return this;
        }

        /** Sets how many requests of {@link SessionPool#runAsync} and gathered ones may wait; more are rejected at once. */
        public Builder mostWaiting(int requests) {
            this.mostWaiting = requests;
            return this;
        }

        /** @throws IllegalArgumentException naming what is out of range */
        public PoolOptions build() {
            return new PoolOptions(this);
        }
    }

    /** The number of sessions; empty for what {@link Builder#sessions} says. */
    public OptionalInt sessions() {
        return sessions;
    }

    public Duration patience() {
        return patience;
    }

    public Duration gathering() {
        return gathering;
    }

    public int mostWaiting() {
        return mostWaiting;
    }
}
