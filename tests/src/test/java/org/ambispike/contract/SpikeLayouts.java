package org.ambispike.contract;

import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.ambispike.backend.SpikeLayout;
import org.ambispike.graph.NeuronModel;

/** The shapes of layers that spiking neurons are tested with. */
final class SpikeLayouts {
    private static final int[] ROWS = {1, 2, 3, 17, 1000};
    private static final int[] CHANNELS = {1, 3, 7, 8, 15, 16, 17, 33, 64, 100};
    private static final int[] STEPS = {1, 2, 3, 4, 8, 16, 17, 33};

    private SpikeLayouts() {}

    /** A number of rows with every number of channels; the steps take turns. */
    static IntStream rows() {
        return IntStream.of(ROWS);
    }

    static Stream<SpikeLayout> of(int rows) {
        return IntStream.range(0, CHANNELS.length).boxed().flatMap(i -> Stream.of(NeuronModel.values())
                .flatMap(model -> Stream.of(false, true)
                        .map(constant -> layout(
                                model,
                                STEPS[(i + rows + model.ordinal()) % STEPS.length],
                                rows,
                                CHANNELS[i],
                                constant))));
    }

    /** A layer whose shape is awkward enough; what varies is the rest. */
    static Stream<SpikeLayout> small() {
        return Stream.of(NeuronModel.values())
                .flatMap(model -> IntStream.of(STEPS).boxed().flatMap(steps -> Stream.of(false, true)
                        .map(constant -> layout(model, steps, 3, 7, constant))));
    }

    /** Spikes, and of graded neurons gains for as many of the first steps as the layer's shape says: none, some or all. */
    static SpikeLayout layout(NeuronModel model, int steps, int rows, int channels, boolean constant) {
        SpikeLayout layout = new SpikeLayout(model, steps, rows, channels, constant, false);
        int gains = Math.min(Math.min(steps + 1, NeuronModel.MAX_GAINS), (2 * steps + channels) % 10);
        return model == NeuronModel.GRADED ? layout.with(new SpikeLayout.Gains(gains, 0)) : layout;
    }

    static SpikeLayout smooth(SpikeLayout layout) {
        return new SpikeLayout(
                        layout.model(),
                        layout.steps(),
                        layout.rows(),
                        layout.channels(),
                        layout.constantDrive(),
                        true,
                        layout.quanta())
                .with(layout.gains());
    }
}
