package org.ambispike.serve;

import java.util.Arrays;
import java.util.List;

/** What a server answers to. */
enum Route {
    PAGE("/", "GET"),
    CLASSIFY("/v1/classify", "POST"),
    /** All results by name and shape. */
    RUN("/v1/run", "POST"),
    MODEL("/v1/model", "GET"),
    SAMPLES("/v1/samples", "GET"),
    SAMPLE("/v1/samples/", "GET"),
    HEALTH("/healthz", "GET"),
    METRICS("/metrics", "GET"),
    /** No route, for metrics. */
    NONE("", "");

    private final String path;
    private final String method;

    Route(String path, String method) {
        this.path = path;
        this.method = method;
    }

    /** The route of a path; that of a sample has the sample's name after it. */
    static Route of(String path) {
        return Arrays.stream(values())
                .filter(route -> route == SAMPLE
                        ? path.startsWith(route.path) && path.length() > route.path.length()
                        : path.equals(route.path))
                .findFirst()
                .orElse(NONE);
    }

    /** What comes after the route's own path. */
    String rest(String whole) {
        return whole.substring(path.length());
    }

    /** Whether an image is sent for an answer. */
    boolean asks() {
        return this == CLASSIFY || this == RUN;
    }

    boolean takes(String wanted) {
        return method.equals(wanted) || method.equals("GET") && wanted.equals("HEAD");
    }

    /** For the header Allow. */
    String allowed() {
        return method.equals("GET") ? "GET, HEAD" : method;
    }

    /** Whether answers are JSON that a client may refuse with its header Accept. */
    boolean isApi() {
        return List.of(CLASSIFY, RUN, MODEL, SAMPLES).contains(this);
    }

    /** For metrics. */
    String label() {
        return this == NONE ? "none" : this == SAMPLE ? path + "N.png" : path;
    }
}
