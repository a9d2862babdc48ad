package org.ambispike.serve;

import java.io.IOException;
import java.net.URI;
import java.nio.channels.UnresolvedAddressException;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.Executors;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.ambispike.AnnModel;
import org.ambispike.AnnSession;
import org.ambispike.PoolOptions;
import org.ambispike.SessionOptions;
import org.ambispike.SessionPool;
import org.ambispike.SpikingModel;
import org.ambispike.common.InputException;
import org.ambispike.data.Dataset;
import org.ambispike.io.SavedModel;
import org.eclipse.jetty.http.HttpHeader;
import org.eclipse.jetty.http.HttpHeaderValue;
import org.eclipse.jetty.server.ConnectionLimit;
import org.eclipse.jetty.server.HttpConfiguration;
import org.eclipse.jetty.server.HttpConnectionFactory;
import org.eclipse.jetty.server.Server;
import org.eclipse.jetty.server.ServerConnector;
import org.eclipse.jetty.util.NanoTime;
import org.eclipse.jetty.util.thread.QueuedThreadPool;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A spiking network behind HTTP, on Jetty: connections are served without a thread each, so slow clients hold nothing
 * but their socket. Thread-safe.
 */
public final class ModelServer implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(ModelServer.class);
    private static final int HTTP_THREADS = 8;
    /** How long requests that are on their way to a server that was told to stop are still taken. */
    private static final Duration LAST_REQUESTS = Duration.ofMillis(300);

    private static final int POLL_MILLISECONDS = 10;
    /** T of requests that name none, where the network was not calibrated for any. */
    private static final int USUAL_TIME_STEPS = 8;

    private final ServerSettings settings;
    private final SessionPool pool;
    private final AnnSession ann;
    private final ThreadPoolExecutor workers;
    private final ScheduledExecutorService watch;
    private final Server server;
    private final ServerConnector connector;
    private final ServerMetrics metrics;
    private final AtomicBoolean closed = new AtomicBoolean();
    /** Connections end with their next answer. */
    private final AtomicBoolean closing = new AtomicBoolean();

    private ModelServer(
            SpikingModel model, SessionPool pool, AnnSession ann, Optional<Dataset> images, ServerSettings settings) {
        this.settings = settings;
        this.pool = pool;
        this.ann = ann;
        Limits limits = settings.limits();
        BlockingQueue<Runnable> queue =
                limits.queue() == 0 ? new ArrayBlockingQueue<>(1) : new LinkedBlockingQueue<>(limits.queue());
        this.workers = new ThreadPoolExecutor(
                settings.sessions(), settings.sessions(), 0, TimeUnit.SECONDS, queue, daemons("worker"));
        this.watch = Executors.newSingleThreadScheduledExecutor(daemons("watch"));
        this.metrics = new ServerMetrics();
        metrics.watch("ambispike_sessions", "Sessions, each of which runs one request at a time.", pool::sessions);
        metrics.watch("ambispike_sessions_idle", "Sessions that nobody has.", pool::idle);
        metrics.watch("ambispike_requests_waiting", "Requests that wait for a session.", queue::size);
        this.server = new Server(new QueuedThreadPool(HTTP_THREADS, HTTP_THREADS));
        this.connector = connector();
        server.setHandler(api(model, images));
        server.setErrorHandler(new JsonErrors());
        server.setRequestLog((request, response) -> metrics.answered(
                Api.routeOf(request), response.getStatus(), NanoTime.since(request.getBeginNanoTime())));
    }

    /**
     * Starts to serve; close it to stop.
     *
     * @param ann whose activations are shown beside the firing rates, such as {@link SpikingModel#clippedAnn}
     * @param images to try the network with, of its input's shape; empty for none
     * @param session device, precision and threads of each session; the rest is the server's
     * @throws InputException if the address is taken or is none of this machine's, the ANN is not one of this network, or
     *     the device is not there
     * @throws org.ambispike.common.BackendException if a session cannot be opened
     */
    public static ModelServer start(
            SpikingModel model,
            AnnModel ann,
            Optional<Dataset> images,
            SessionOptions session,
            ServerSettings settings) {
        AnnModel compared = ann.moveMaxPools();
        requireFit(model.saved(), compared.saved());
        SessionOptions options = session.withBatch(1)
                .withLargestTimeSteps(settings.largestTimeSteps())
                .withInput(SessionOptions.Input.PIXELS)
                .withTrace();
        PoolOptions waiting = PoolOptions.builder()
                .sessions(settings.sessions())
                .patience(settings.limits().request())
                .build();
        SessionPool pool = SessionPool.open(model, options, waiting);
        AnnSession annSession;
        try {
            annSession = compared.openSession(options);
        } catch (RuntimeException e) {
            pool.close();
            throw e;
        }
        ModelServer server = new ModelServer(model, pool, annSession, images, settings);
        try {
            server.open();
            return server;
        } catch (RuntimeException e) {
            server.close();
            throw e;
        }
    }

    private static void requireFit(SavedModel model, SavedModel ann) {
        if (!ann.graph().inputShape().equals(model.graph().inputShape())
                || !ann.info().normalisation().equals(model.info().normalisation())
                || ann.graph().classes() != model.graph().classes()) {
            throw new InputException("the ANN to compare with has another input or other classes than the spiking"
                    + " network; name the network that was converted");
        }
        model.graph().neurons().forEach(node -> {
            boolean there = ann.graph().neurons().stream()
                    .anyMatch(other -> other.name().equals(node.name())
                            && ann.graph()
                                    .shape(other.name())
                                    .equals(model.graph().shape(node.name())));
            if (!there) {
                throw new InputException("the ANN to compare with has no layer '" + node.name() + "' of shape "
                        + model.graph().shape(node.name()) + "; name the network that was converted");
            }
        });
    }

    private static ThreadFactory daemons(String name) {
        return task -> {
            Thread thread = new Thread(task, "ambispike-" + name);
            thread.setDaemon(true);
            return thread;
        };
    }

    private ServerConnector connector() {
        Limits limits = settings.limits();
        HttpConfiguration http = new HttpConfiguration();
        http.setSendServerVersion(false);
        http.setRequestHeaderSize(limits.headerBytes());
        http.addCustomizer((request, headers) -> {
            if (closing.get()) {
                headers.put(HttpHeader.CONNECTION, HttpHeaderValue.CLOSE.asString());
            }
            return request;
        });
        ServerConnector made = new ServerConnector(server, 1, 1, new HttpConnectionFactory(http));
        made.setHost(settings.host());
        made.setPort(settings.port());
        made.setIdleTimeout(limits.idle().toMillis());
        server.addConnector(made);
        server.addBean(new ConnectionLimit(limits.connections(), made));
        return made;
    }

    private Api api(SpikingModel model, Optional<Dataset> images) {
        int usual = model.calibratedFor().stream().reduce(Math::max).orElse(USUAL_TIME_STEPS);
        int timeSteps = Math.min(usual, settings.largestTimeSteps());
        Samples samples = images.map(Samples::of).orElseGet(Samples::none);
        Api.Content content = new Api.Content(
                Page.reply(),
                Reply.json(ModelJson.of(model, settings, timeSteps)),
                Reply.json(Map.of("samples", samples.list())),
                samples,
                ModelJson.names(model),
                model.outputs());
        return new Api(
                content,
                new RequestReader(
                        new ImageFitter(model.inputShape(), settings.images()), settings.largestTimeSteps(), timeSteps),
                new Classifier(model, pool, ann, metrics),
                metrics,
                workers,
                settings.limits(),
                HostNames.of(settings.host()));
    }

    private void open() {
        String address = settings.host() + ":" + settings.port();
        try {
            connector.open();
            server.start();
        } catch (IOException | UnresolvedAddressException e) {
            throw new InputException(
                    "cannot listen on " + address + " (" + reason(e)
                            + "); choose another --port (0 for a free one) or --host",
                    e);
        } catch (Exception e) { // Jetty declares no less
            throw new IllegalStateException("the HTTP server did not start: " + e.getMessage(), e);
        }
        SlowClients slow = new SlowClients(connector, settings.limits());
        watch.scheduleWithFixedDelay(slow, 1, 1, TimeUnit.SECONDS);
    }

    private static String reason(Exception e) {
        Throwable cause = e.getCause() == null ? e : e.getCause();
        return cause.getMessage() == null ? "no such address" : cause.getMessage();
    }

    /** Where it listens, for example {@code http://127.0.0.1:8080/}. */
    public URI uri() {
        String host = settings.host().contains(":") ? "[" + settings.host() + "]" : settings.host();
        return URI.create("http://" + host + ":" + connector.getLocalPort() + "/");
    }

    /** Until no request is under way and for a moment none has come, which are on their way when it is told to stop. */
    private void drain() {
        long end = System.nanoTime() + settings.limits().drain().toNanos();
        long quiet = System.nanoTime();
        try {
            while (System.nanoTime() < end && System.nanoTime() - quiet < LAST_REQUESTS.toNanos()) {
                Thread.sleep(POLL_MILLISECONDS);
                if (metrics.inFlight() > 0) {
                    quiet = System.nanoTime();
                }
            }
        } catch (InterruptedException e) { // then none are awaited
            Thread.currentThread().interrupt();
        }
    }

    /** Answers what was sent to it up to now, and frees everything; a second call does nothing. */
    @Override
    public void close() {
        if (!closed.compareAndSet(false, true)) {
            return;
        }
        try {
            closing.set(true);
            drain();
            server.stop();
        } catch (Exception e) { // of a close: logged, not thrown
            LOG.warn("the HTTP server did not stop cleanly: {}", e.toString());
        }
        watch.shutdownNow();
        workers.shutdownNow();
        pool.close();
        ann.close();
    }
}
