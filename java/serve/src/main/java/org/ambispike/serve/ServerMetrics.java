package org.ambispike.serve;

import io.prometheus.metrics.core.datapoints.CounterDataPoint;
import io.prometheus.metrics.core.metrics.Counter;
import io.prometheus.metrics.core.metrics.Gauge;
import io.prometheus.metrics.core.metrics.GaugeWithCallback;
import io.prometheus.metrics.core.metrics.Histogram;
import io.prometheus.metrics.expositionformats.PrometheusTextFormatWriter;
import io.prometheus.metrics.instrumentation.jvm.JvmGarbageCollectorMetrics;
import io.prometheus.metrics.instrumentation.jvm.JvmMemoryMetrics;
import io.prometheus.metrics.instrumentation.jvm.JvmThreadsMetrics;
import io.prometheus.metrics.instrumentation.jvm.ProcessMetrics;
import io.prometheus.metrics.model.registry.PrometheusRegistry;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.function.IntSupplier;

/** What is counted, in Prometheus's text format. Thread-safe. */
final class ServerMetrics {
    static final String CONTENT_TYPE = PrometheusTextFormatWriter.CONTENT_TYPE;

    private static final double NANOSECONDS = 1e9;

    private final PrometheusRegistry registry = new PrometheusRegistry();
    private final PrometheusTextFormatWriter writer = PrometheusTextFormatWriter.create();
    private final Counter requests = Counter.builder()
            .name("ambispike_http_requests_total")
            .help("Requests that were answered, by route and status; those that were no HTTP have the route none.")
            .labelNames("route", "code")
            .register(registry);
    private final Histogram latency = Histogram.builder()
            .name("ambispike_http_request_duration_seconds")
            .help("From the first byte of a request to the last of its answer.")
            .labelNames("route")
            .classicOnly()
            .classicUpperBounds(0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10)
            .register(registry);
    private final Gauge inFlight = Gauge.builder()
            .name("ambispike_http_requests_in_flight")
            .help("Requests that are being received or answered.")
            .register(registry);
    private final Histogram timeSteps = Histogram.builder()
            .name("ambispike_time_steps")
            .help("Time steps that images took.")
            .classicOnly()
            .classicUpperBounds(1, 2, 3, 4, 6, 8, 12, 16, 24, 32, 64, 128)
            .register(registry);
    private final CounterDataPoint positive;
    private final CounterDataPoint negative;

    ServerMetrics() {
        Counter spikes = Counter.builder()
                .name("ambispike_spikes_total")
                .help("Spikes of all layers, of requests that asked for a trace.")
                .labelNames("polarity")
                .register(registry);
        positive = spikes.labelValues("positive");
        negative = spikes.labelValues("negative");
        JvmMemoryMetrics.builder().register(registry);
        JvmGarbageCollectorMetrics.builder().register(registry);
        JvmThreadsMetrics.builder().register(registry);
        ProcessMetrics.builder().register(registry);
    }

    /** A value that is looked up when the metrics are read. */
    void watch(String name, String help, IntSupplier value) {
        GaugeWithCallback.builder()
                .name(name)
                .help(help)
                .callback(callback -> callback.call(value.getAsInt()))
                .register(registry);
    }

    void begun() {
        inFlight.inc();
    }

    /** Requests that are being received or answered. */
    int inFlight() {
        return (int) inFlight.get();
    }

    void ended() {
        inFlight.dec();
    }

    void answered(Route route, int status, long nanoseconds) {
        requests.labelValues(route.label(), Integer.toString(status)).inc();
        latency.labelValues(route.label()).observe(nanoseconds / NANOSECONDS);
    }

    void answered(int steps) {
        timeSteps.observe(steps);
    }

    void spiked(long positiveSpikes, long negativeSpikes) {
        positive.inc(positiveSpikes);
        negative.inc(negativeSpikes);
    }

    byte[] text() {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        try {
            writer.write(out, registry.scrape());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return out.toByteArray();
    }
}
