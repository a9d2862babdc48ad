package org.ambispike.serve;

import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletionException;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Supplier;
import org.ambispike.common.InputException;
import org.ambispike.graph.Graph;
import org.eclipse.jetty.http.HttpException;
import org.eclipse.jetty.http.HttpHeader;
import org.eclipse.jetty.server.Handler;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.util.Callback;
import org.eclipse.jetty.util.Fields;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Answers requests. Those that need no network are answered at once, the others on a worker, once their body is there. No
 * thread waits for a client.
 */
final class Api extends Handler.Abstract.NonBlocking {
    private static final Logger LOG = LoggerFactory.getLogger(Api.class);
    private static final int OK = 200;
    /** What is read on of a body that was refused, so that a client that still sends hears it, and for how long. */
    private static final int LINGERED_BYTES = 1 << 20;

    private static final Duration LINGER = Duration.ofSeconds(1);

    /**
     * What the API serves, all of it made before the first request.
     *
     * @param classNames by class; empty where the network gives no classes
     */
    record Content(
            Reply page,
            Reply model,
            Reply sampleList,
            Samples samples,
            List<String> classNames,
            List<Graph.Output> outputs) {}

    private final Content content;
    private final RequestReader reader;
    private final Classifier classifier;
    private final ServerMetrics metrics;
    private final Executor workers;
    private final Limits limits;
    private final HostNames hosts;
    private final Semaphore uploads;

    Api(
            Content content,
            RequestReader reader,
            Classifier classifier,
            ServerMetrics metrics,
            Executor workers,
            Limits limits,
            HostNames hosts) {
        this.content = content;
        this.reader = reader;
        this.classifier = classifier;
        this.metrics = metrics;
        this.workers = workers;
        this.limits = limits;
        this.hosts = hosts;
        this.uploads = new Semaphore(limits.uploads());
    }

    @Override
    public boolean handle(Request request, Response response, Callback callback) {
        metrics.begun();
        Request.addCompletionListener(request, failure -> metrics.ended());
        try {
            Route route = admitted(request);
            if (route.asks()) {
                ask(route, request, response, callback);
            } else {
                send(response, answer(route, request), callback);
            }
        } catch (Problem e) {
            refuse(request, response, Reply.of(e), callback);
        }
        return true;
    }

    private Route admitted(Request request) {
        hosts.require(Request.getServerName(request));
        Route route = routeOf(request);
        if (route == Route.NONE) {
            throw new Problem(
                    Problem.NOT_FOUND, "there is nothing here; the API is /v1/classify, /v1/run and /v1/model");
        }
        if (!route.takes(request.getMethod())) {
            throw new Problem(
                    Problem.METHOD_NOT_ALLOWED,
                    route.label() + " takes " + route.allowed(),
                    Map.of("Allow", route.allowed()));
        }
        if (route == Route.CLASSIFY && content.classNames().isEmpty()) {
            throw new Problem(
                    Problem.NOT_FOUND,
                    "this network gives " + content.outputs() + ", which are no classes; post to " + Route.RUN.label());
        }
        if (route.isApi() && !acceptsJson(request)) {
            throw new Problem(Problem.NOT_ACCEPTABLE, "answers are " + Reply.JSON + ", which Accept leaves out");
        }
        return route;
    }

    static Route routeOf(Request request) {
        return Optional.ofNullable(request.getHttpURI().getCanonicalPath())
                .map(Route::of)
                .orElse(Route.NONE);
    }

    private static boolean acceptsJson(Request request) {
        List<String> wanted = request.getHeaders().getQualityCSV(HttpHeader.ACCEPT);
        return wanted.isEmpty()
                || wanted.stream().map(Api::mediaType).anyMatch(type -> List.of("*/*", "application/*", Reply.JSON)
                        .contains(type));
    }

    static String mediaType(String value) {
        return value.split(";", 2)[0].strip().toLowerCase(Locale.ROOT);
    }

    private Reply answer(Route route, Request request) {
        return switch (route) {
            case PAGE -> content.page();
            case MODEL -> content.model();
            case SAMPLES -> content.sampleList();
            case SAMPLE -> {
                String name = route.rest(request.getHttpURI().getCanonicalPath());
                byte[] file = content.samples()
                        .file(name)
                        .orElseThrow(() -> new Problem(
                                Problem.NOT_FOUND,
                                "there is no such sample; " + Route.SAMPLES.label() + " lists them"));
                yield Reply.of("image/png", file, Map.of("Cache-Control", "max-age=3600"));
            }
            case HEALTH -> Reply.json(Map.of("status", "ok"));
            case METRICS -> Reply.of(ServerMetrics.CONTENT_TYPE, metrics.text(), Map.of());
            case CLASSIFY, RUN, NONE -> throw new IllegalStateException("not answered here: " + route);
        };
    }

    private void ask(Route route, Request request, Response response, Callback callback) {
        String type = Optional.ofNullable(request.getHeaders().get(HttpHeader.CONTENT_TYPE))
                .orElse("");
        if (!RequestReader.reads(mediaType(type))) {
            throw RequestReader.unsupported();
        }
        if (request.getHeaders().contains(HttpHeader.CONTENT_ENCODING)) {
            throw new Problem(Problem.UNSUPPORTED_TYPE, "a body with a content encoding is not read; send it as it is");
        }
        Map<String, String> parameters = parameters(request);
        if (!uploads.tryAcquire()) {
            throw Problem.busy("too many requests are being received");
        }
        BodyReader.read(request, limits.bodyBytes())
                .orTimeout(limits.receive().toMillis(), TimeUnit.MILLISECONDS)
                .whenComplete((body, failure) -> {
                    uploads.release();
                    if (failure instanceof Problem tooLarge) {
                        refuse(request, response, Reply.of(tooLarge), callback);
                    } else if (failure != null) {
                        send(response, Reply.of(unreceived(failure)), callback);
                    } else {
                        // a client that waits for its answer is silent, and not idle
                        request.addIdleTimeoutListener(silent -> false);
                        Deadline deadline = Deadline.in(limits.request());
                        enqueue(response, callback, () -> work(route, type, body, parameters, deadline));
                    }
                });
    }

    private static Map<String, String> parameters(Request request) {
        Map<String, String> parameters = new LinkedHashMap<>();
        try {
            for (Fields.Field field : Request.extractQueryParameters(request)) {
                if (field.getValues().size() > 1) {
                    throw new Problem(Problem.BAD_REQUEST, "a parameter of the query is there twice");
                }
                parameters.put(field.getName(), field.getValue());
            }
        } catch (HttpException.RuntimeException | IllegalArgumentException | IllegalStateException e) {
            throw new Problem(Problem.BAD_REQUEST, "the query is malformed");
        }
        return parameters;
    }

    private static Problem unreceived(Throwable failure) {
        Throwable cause = failure instanceof CompletionException ? failure.getCause() : failure;
        if (cause instanceof Problem problem) {
            return problem;
        }
        if (cause instanceof TimeoutException) {
            return new Problem(
                    Problem.REQUEST_TIMEOUT, "the body did not arrive in time", Map.of("Connection", "close"));
        }
        return new Problem(Problem.BAD_REQUEST, "the body is malformed or was cut off", Map.of("Connection", "close"));
    }

    private void enqueue(Response response, Callback callback, Supplier<Reply> work) {
        try {
            workers.execute(() -> send(response, work.get(), callback));
        } catch (RejectedExecutionException e) {
            send(response, Reply.of(Problem.busy("too many requests wait already")), callback);
        }
    }

    private Reply work(Route route, String type, byte[] body, Map<String, String> parameters, Deadline deadline) {
        try {
            deadline.require();
            ClassifyRequest request = reader.read(type, body, parameters);
            Answer answer = classifier.classify(request, deadline);
            return Reply.json(
                    route == Route.RUN
                            ? AnswerJson.results(request, answer, content.outputs())
                            : AnswerJson.classes(request, answer, content.classNames()));
        } catch (Problem e) {
            return Reply.of(e);
        } catch (InputException e) {
            return Reply.of(new Problem(Problem.FAILED, e.getMessage()));
        } catch (RuntimeException | OutOfMemoryError e) {
            LOG.error("a request failed", e);
            return Reply.of(new Problem(Problem.FAILED, "the server failed at this request; its log says why"));
        }
    }

    /** Sends an answer to a request whose body may still be on its way, and takes a little of that. */
    private static void refuse(Request request, Response response, Reply reply, Callback callback) {
        if (request.getHeaders().contains(HttpHeader.EXPECT)) { // such a client sends nothing before it is told to
            send(response, reply, callback);
            return;
        }
        Runnable linger = () -> BodyReader.discard(request, LINGERED_BYTES)
                .orTimeout(LINGER.toMillis(), TimeUnit.MILLISECONDS)
                .whenComplete((rest, failure) -> callback.succeeded());
        send(response, reply, Callback.from(linger, callback::failed));
    }

    static void send(Response response, Reply reply, Callback callback) {
        response.setStatus(reply.status());
        response.getHeaders().put(HttpHeader.CONTENT_TYPE, reply.type());
        response.getHeaders().put(HttpHeader.CONTENT_LENGTH, reply.body().length);
        response.getHeaders().put("X-Content-Type-Options", "nosniff");
        if (reply.status() != OK || reply.type().equals(Reply.JSON)) {
            response.getHeaders().put(HttpHeader.CACHE_CONTROL, "no-store");
        }
        reply.headers().forEach(response.getHeaders()::put);
        response.write(true, ByteBuffer.wrap(reply.body()), callback);
    }
}
