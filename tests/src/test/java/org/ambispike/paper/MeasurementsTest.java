package org.ambispike.paper;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import org.ambispike.SpikingModel;
import org.ambispike.backend.Backend;
import org.ambispike.backend.cpu.CpuBackend;
import org.ambispike.common.Cancellation;
import org.ambispike.common.Precision;
import org.ambispike.common.ProgressListener;
import org.ambispike.data.Dataset;
import org.ambispike.support.SmallNetworks;
import org.junit.jupiter.api.Test;

class MeasurementsTest {
    private static final int IMAGES = 250;

    /** Each of several passes of several T takes its share, and progress moves within them. */
    @Test
    void progressIsImagesTimesT() {
        List<Long> steps = new ArrayList<>();
        List<String> messages = new ArrayList<>();
        long[] total = new long[1];
        ProgressListener listener = new ProgressListener() {
            @Override
            public void stage(String name, long totalSteps) {
                total[0] = totalSteps;
            }

            @Override
            public void step(long done, String message) {
                steps.add(done);
                messages.add(message);
            }
        };
        SpikingModel snn = SpikingModel.of(SmallNetworks.random(1));
        Dataset images = Dataset.of(
                "dots",
                SmallNetworks.IMAGE,
                new byte[IMAGES * Math.toIntExact(SmallNetworks.IMAGE.elements())],
                new int[IMAGES],
                snn.classNames(),
                snn.normalisation());
        try (Backend backend = CpuBackend.open(Precision.F32, 1)) {
            Measurements measurements =
                    new Measurements(backend, images, listener, new Cancellation(), (model, timeSteps) -> 1);
            measurements.begin("evaluate", 2 + 7);
            measurements.curve(snn, 2);
            measurements.says("first");
            measurements.accuracies(snn, 7);
        }
        assertThat(total[0]).isEqualTo(9 * IMAGES);
        assertThat(steps).isSorted().startsWith(200L).endsWith(9L * IMAGES).hasSizeGreaterThanOrEqualTo(7);
        assertThat(messages).startsWith("").endsWith("first");
    }
}
