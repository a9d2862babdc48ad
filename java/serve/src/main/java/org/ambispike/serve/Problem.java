package org.ambispike.serve;

import java.util.Map;

/** Why a request gets no answer: a status and one line for the client, which becomes {@code {"error": ...}}. */
final class Problem extends RuntimeException {
    static final int BAD_REQUEST = 400;
    static final int NOT_FOUND = 404;
    static final int METHOD_NOT_ALLOWED = 405;
    static final int NOT_ACCEPTABLE = 406;
    static final int REQUEST_TIMEOUT = 408;
    static final int TOO_LARGE = 413;
    static final int UNSUPPORTED_TYPE = 415;
    static final int MISDIRECTED = 421;
    static final int FAILED = 500;
    static final int UNAVAILABLE = 503;

    private static final long serialVersionUID = 1L;
    private static final Map<String, String> SOON = Map.of("Retry-After", "1");

    private final int status;
    private final transient Map<String, String> headers;

    Problem(int status, String message) {
        this(status, message, Map.of());
    }

    Problem(int status, String message, Map<String, String> headers) {
        super(message, null, false, false); // the client's doing: no stack trace
        this.status = status;
        this.headers = headers;
    }

    /** Worth another try after a second. */
    static Problem busy(String message) {
        return new Problem(UNAVAILABLE, message, SOON);
    }

    int status() {
        return status;
    }

    Map<String, String> headers() {
        return headers;
    }
}
