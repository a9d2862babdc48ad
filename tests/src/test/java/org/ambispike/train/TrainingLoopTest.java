package org.ambispike.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import org.ambispike.backend.cpu.CpuBackend;
import org.ambispike.common.Precision;
import org.ambispike.data.Augmentation;
import org.ambispike.data.Dataset;
import org.ambispike.graph.Graph;
import org.ambispike.graph.HostTensor;
import org.ambispike.graph.Network;
import org.ambispike.graph.Node;
import org.ambispike.graph.Normalisation;
import org.ambispike.graph.Op;
import org.ambispike.graph.ParameterRole;
import org.ambispike.graph.Shape;
import org.ambispike.graph.Weights;
import org.ambispike.paper.Initialisation;
import org.junit.jupiter.api.Test;

/** The loop on a task that a small network learns at once, and on numbers that leave the range of floats. */
class TrainingLoopTest {
    private static final int BATCH = 16;
    private static final Graph GRAPH = new Graph(List.of(
            new Node("input", new Op.Input(Shape.of(2, 2, 1)), List.of()),
            new Node("fc1", new Op.Linear(4, 8), List.of("input")),
            new Node("act1", new Op.Activation(Op.ActivationKind.LEAKY, 0.1, 0, false), List.of("fc1")),
            new Node("fc2", new Op.Linear(8, 2), List.of("act1"))));

    @Test
    void aTaskIsLearnt() {
        List<MetricRow> metrics = new ArrayList<>();
        train(Initialisation.uniform(GRAPH, 1), 0.02, metrics);
        assertThat(metrics).extracting(MetricRow::epoch).containsExactly(1, 2, 3);
        assertThat(metrics.get(2).loss()).isLessThan(metrics.get(0).loss());
        assertThat(metrics.get(2).trainAccuracy()).isGreaterThan(0.97);
    }

    @Test
    void aLossThatIsNotFiniteNamesStageEpochStepAndLayer() {
        Weights start = Initialisation.uniform(GRAPH, 1);
        HostTensor broken = start.get("fc2.weight").copy();
        Arrays.fill(broken.values(), 3e38f);
        assertThatThrownBy(() -> train(start.with("fc2.weight", broken), 0.02, new ArrayList<>()))
                .isInstanceOf(NotFiniteException.class)
                .hasMessageContaining("stage test, epoch 1, step 1")
                .hasMessageContaining("fc2");
    }

    @Test
    void ratesThatBlowTheNetworkUpAreNoticed() {
        assertThatThrownBy(() -> train(Initialisation.uniform(GRAPH, 1), 1e30, new ArrayList<>()))
                .isInstanceOf(NotFiniteException.class)
                .hasMessageContaining("stage test, epoch 1, step ")
                .hasMessageContaining("lower learning rate")
                .hasMessageMatching("(?s).*fc[12].*");
    }

    private static void train(Weights start, double rate, List<MetricRow> metrics) {
        OptimizerSettings optimizer = OptimizerSettings.adamW(Map.of(
                ParameterRole.WEIGHTS, RoleSettings.plain(rate, 0),
                ParameterRole.BIASES, RoleSettings.plain(rate, 0)));
        Fit fit = new Fit(3, 0, BATCH, optimizer, Schedule.CONSTANT, 0, Augmentation.none());
        Dataset images = brightCorner();
        try (TrainingContext context =
                TrainingContext.on(CpuBackend.open(Precision.F32, 1), new TrainingImages(images, images))) {
            new Trainer(context.withMetrics(metrics::add))
                    .train(fit.stage("test", 5), new Network(GRAPH, start), 0, Optional.empty());
        }
    }

    /** Random images; the class is whether the first pixel is brighter than the last. */
    private static Dataset brightCorner() {
        int images = 1_024;
        byte[] pixels = new byte[images * 4];
        new Random(3).nextBytes(pixels);
        int[] labels = new int[images];
        for (int image = 0; image < images; image++) {
            int first = Byte.toUnsignedInt(pixels[4 * image]);
            labels[image] = (first > Byte.toUnsignedInt(pixels[4 * image + 3]) ? 1 : 0);
        }
        Normalisation normalisation = new Normalisation(List.of(0.5f), List.of(0.3f));
        return Dataset.of("corners", Shape.of(2, 2, 1), pixels, labels, List.of("dark", "bright"), normalisation);
    }
}
