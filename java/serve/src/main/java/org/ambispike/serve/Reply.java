package org.ambispike.serve;

import java.util.Map;

/**
 * An answer, whole and in memory.
 *
 * @param body the array itself
 * @param headers beside those of the content
 */
record Reply(int status, String type, byte[] body, Map<String, String> headers) {
    static final String JSON = "application/json";

    private static final int OK = 200;

    static Reply json(Object value) {
        return new Reply(OK, JSON, ApiJson.bytes(value), Map.of());
    }

    static Reply of(String type, byte[] body, Map<String, String> headers) {
        return new Reply(OK, type, body, headers);
    }

    static Reply of(Problem problem) {
        return new Reply(
                problem.status(),
                JSON,
                ApiJson.bytes(Map.of("error", String.valueOf(problem.getMessage()))),
                problem.headers());
    }
}
