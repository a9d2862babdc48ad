package org.ambispike.serve;

import java.time.Duration;

/**
 * What a server takes from its clients. A value; thread-safe.
 *
 * @param bodyBytes largest body of a request
 * @param headerBytes largest request line and headers together
 * @param connections open at once; further ones wait to be accepted
 * @param uploads bodies that are being received at once; further ones get 503
 * @param queue requests that wait for a session; further ones get 503
 * @param idle how long a connection may be silent, in the middle of a request or between two
 * @param receive how long a request may take to arrive, from its first byte to its last
 * @param request how long a request may take from its arrival to its answer
 * @param drain how long the end of the server waits for requests that are under way
 */
public record Limits(
        int bodyBytes,
        int headerBytes,
        int connections,
        int uploads,
        int queue,
        Duration idle,
        Duration receive,
        Duration request,
        Duration drain) {
    /** 4 MiB, 8 KiB, 256 connections, 32 uploads, 64 waiting; 15 s idle, 15 s to arrive, 30 s to answer, 30 s to drain. */
    public static Limits defaults() {
        return new Limits(
                4 << 20,
                8 << 10,
                256,
                32,
                64,
                Duration.ofSeconds(15),
                Duration.ofSeconds(15),
                Duration.ofSeconds(30),
                Duration.ofSeconds(30));
    }

    public Limits withBodyBytes(int other) {
        return new Limits(other, headerBytes, connections, uploads, queue, idle, receive, request, drain);
    }

    public Limits withConnections(int other) {
        return new Limits(bodyBytes, headerBytes, other, uploads, queue, idle, receive, request, drain);
    }

    public Limits withUploads(int other) {
        return new Limits(bodyBytes, headerBytes, connections, other, queue, idle, receive, request, drain);
    }

    public Limits withQueue(int other) {
        return new Limits(bodyBytes, headerBytes, connections, uploads, other, idle, receive, request, drain);
    }

    public Limits withIdle(Duration other) {
        return new Limits(bodyBytes, headerBytes, connections, uploads, queue, other, receive, request, drain);
    }

    public Limits withReceive(Duration other) {
        return new Limits(bodyBytes, headerBytes, connections, uploads, queue, idle, other, request, drain);
    }

    public Limits withRequest(Duration other) {
        return new Limits(bodyBytes, headerBytes, connections, uploads, queue, idle, receive, other, drain);
    }
}
