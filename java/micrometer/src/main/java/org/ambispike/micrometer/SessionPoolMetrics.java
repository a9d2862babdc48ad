package org.ambispike.micrometer;

import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.FunctionTimer;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Tag;
import io.micrometer.core.instrument.Tags;
import io.micrometer.core.instrument.TimeGauge;
import io.micrometer.core.instrument.binder.MeterBinder;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import java.util.function.ToDoubleFunction;
import org.ambispike.PoolMetrics;
import org.ambispike.SessionPool;

/**
 * Meters of a pool: {@code ambispike.images}, {@code ambispike.time.steps} and {@code ambispike.rejected} as counters, {@code
 * ambispike.wait} and {@code ambispike.latency} as timers, their {@code .max} and {@code .quantile}, and {@code ambispike.sessions},
 * {@code .idle} and {@code .waiting} as gauges. Immutable, thread-safe.
 */
public final class SessionPoolMetrics implements MeterBinder {
    private static final double[] QUANTILES = {0.5, 0.95, 0.99};

    private final SessionPool pool;
    private final Tags tags;

    /**
     * Makes the binder of a pool.
     *
     * @param tags of all its meters, for example a name where there are several pools
     */
    public SessionPoolMetrics(SessionPool pool, Iterable<Tag> tags) {
        this.pool = pool;
        this.tags = Tags.of(tags);
    }

    @Override
    public void bindTo(MeterRegistry registry) {
        counter(registry, "ambispike.images", "images that were answered", PoolMetrics::images);
        counter(registry, "ambispike.time.steps", "time steps that they took together", PoolMetrics::timeSteps);
        counter(registry, "ambispike.rejected", "requests that waited in vain", PoolMetrics::rejected);
        gauge(registry, "ambispike.sessions", "sessions of the pool", PoolMetrics::sessions);
        gauge(registry, "ambispike.sessions.idle", "sessions that nobody has", PoolMetrics::idle);
        gauge(registry, "ambispike.waiting", "requests that wait", PoolMetrics::waiting);
        times(registry, "ambispike.wait", "until a session begins with a request", PoolMetrics::waits);
        times(registry, "ambispike.latency", "until a request is answered", PoolMetrics::latencies);
    }

    private void counter(MeterRegistry registry, String name, String text, ToDoubleFunction<PoolMetrics> value) {
        FunctionCounter.builder(name, pool, each -> value.applyAsDouble(each.metrics()))
                .description(text)
                .tags(tags)
                .register(registry);
    }

    private void gauge(MeterRegistry registry, String name, String text, ToDoubleFunction<PoolMetrics> value) {
        Gauge.builder(name, pool, each -> value.applyAsDouble(each.metrics()))
                .description(text)
                .tags(tags)
                .register(registry);
    }

    private void times(
            MeterRegistry registry, String name, String text, Function<PoolMetrics, PoolMetrics.Times> times) {
        FunctionTimer.builder(
                        name,
                        pool,
                        each -> times.apply(each.metrics()).count(),
                        each -> times.apply(each.metrics()).total().toNanos(),
                        TimeUnit.NANOSECONDS)
                .description(text)
                .tags(tags)
                .register(registry);
        TimeGauge.builder(name + ".max", pool, TimeUnit.NANOSECONDS, each -> times.apply(each.metrics())
                        .longest()
                        .toNanos())
                .description(text + ", the longest")
                .tags(tags)
                .register(registry);
        for (double quantile : QUANTILES) {
            TimeGauge.builder(name + ".quantile", pool, TimeUnit.NANOSECONDS, each -> times.apply(each.metrics())
                            .quantile(quantile)
                            .toNanos())
                    .description(text + ", by share of requests")
                    .tags(tags.and("quantile", Double.toString(quantile)))
                    .register(registry);
        }
    }
}
