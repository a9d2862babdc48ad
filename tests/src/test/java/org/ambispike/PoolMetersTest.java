package org.ambispike;

import static org.assertj.core.api.Assertions.assertThat;

import io.micrometer.core.instrument.Tags;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.util.concurrent.TimeUnit;
import org.ambispike.device.Device;
import org.ambispike.micrometer.SessionPoolMetrics;
import org.ambispike.support.SmallNetworks;
import org.junit.jupiter.api.Test;

/** Micrometer shows what a pool did. */
class PoolMetersTest {
    @Test
    void aRegistryShowsWhatThePoolDid() {
        SpikingModel model = SpikingModel.of(SmallNetworks.random(3));
        SessionOptions options =
                SessionOptions.builder().device(Device.Request.CPU).batch(4).build();
        SimpleMeterRegistry registry = new SimpleMeterRegistry();
        byte[] pixels = new byte[Math.toIntExact(7 * SmallNetworks.IMAGE.elements())];
        try (SessionPool pool = SessionPool.open(
                model, options, PoolOptions.builder().sessions(2).build())) {
            new SessionPoolMetrics(pool, Tags.of("model", "small")).bindTo(registry);
            pool.run(Images.of(pixels), 3);
            pool.runAsync(Images.of(pixels), 2).join();
            assertThat(registry.get("ambispike.images")
                            .tag("model", "small")
                            .functionCounter()
                            .count())
                    .isEqualTo(14);
            assertThat(registry.get("ambispike.time.steps").functionCounter().count())
                    .isEqualTo(35);
            assertThat(registry.get("ambispike.rejected").functionCounter().count())
                    .isZero();
            assertThat(registry.get("ambispike.sessions").gauge().value()).isEqualTo(2);
            assertThat(registry.get("ambispike.waiting").gauge().value()).isZero();
            double longest = registry.get("ambispike.latency.max").timeGauge().value(TimeUnit.NANOSECONDS);
            assertThat(registry.get("ambispike.latency").functionTimer().count())
                    .isEqualTo(2);
            assertThat(registry.get("ambispike.latency").functionTimer().totalTime(TimeUnit.NANOSECONDS))
                    .isBetween(longest, 2 * longest);
            assertThat(registry.get("ambispike.wait.quantile")
                            .tag("quantile", "0.99")
                            .timeGauge()
                            .value(TimeUnit.NANOSECONDS))
                    .isBetween(1.0, longest);
        }
    }
}
