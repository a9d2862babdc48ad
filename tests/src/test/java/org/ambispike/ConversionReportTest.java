package org.ambispike;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import org.ambispike.backend.Backend;
import org.ambispike.backend.cpu.CpuBackend;
import org.ambispike.common.Precision;
import org.ambispike.convert.Thresholds;
import org.ambispike.data.Dataset;
import org.ambispike.graph.Graph;
import org.ambispike.graph.HostTensor;
import org.ambispike.graph.Network;
import org.ambispike.graph.NeuronModel;
import org.ambispike.graph.NeuronVariant;
import org.ambispike.graph.Node;
import org.ambispike.graph.Normalisation;
import org.ambispike.graph.Op;
import org.ambispike.graph.Shape;
import org.ambispike.graph.Weights;
import org.ambispike.io.ModelInfo;
import org.ambispike.io.SavedModel;
import org.ambispike.report.ConversionTables;
import org.ambispike.train.TrainingContext;
import org.ambispike.train.TrainingImages;
import org.junit.jupiter.api.Test;

class ConversionReportTest {
    private static final int IMAGES = 30;

    /** Two pixels of every image by a first layer of two neurons, and a second one; a ReLU network. */
    private static AnnModel ann(double first, double second) {
        Op relu = new Op.Activation(Op.ActivationKind.LEAKY, 0, 0, false);
        Graph graph = new Graph(List.of(
                new Node("input", new Op.Input(Shape.of(1, 2, 1)), List.of()),
                new Node("fc1", new Op.Linear(2, 2), List.of("input")),
                new Node("act1", relu, List.of("fc1")),
                new Node("fc2", new Op.Linear(2, 2), List.of("act1")),
                new Node("act2", relu, List.of("fc2")),
                new Node("fc3", new Op.Linear(2, 2), List.of("act2"))));
        HostTensor same = new HostTensor(Shape.of(2, 2), new float[] {1, 0, 0, 1});
        HostTensor none = HostTensor.filled(Shape.of(2), 0);
        Weights weights = new Weights(Map.of(
                "fc1.weight",
                same,
                "fc1.bias",
                none,
                "fc2.weight",
                same,
                "fc2.bias",
                none,
                "fc3.weight",
                same,
                "fc3.bias",
                none));
        Map<String, Thresholds.Pair> thresholds =
                Map.of("act1", new Thresholds.Pair(first, first), "act2", new Thresholds.Pair(second, second));
        Normalisation plain = new Normalisation(List.of(0f), List.of(1f));
        ModelInfo info = new ModelInfo("two", "noise", plain, List.of(), List.of(), Map.of());
        return AnnModel.of(new SavedModel(Thresholds.clip(new Network(graph, weights), thresholds, false), info));
    }

    private static ConversionReport report(AnnModel ann, NeuronVariant neuron) {
        SplittableRandom random = new SplittableRandom(3);
        float[] pixels = new float[2 * IMAGES];
        for (int index = 0; index < pixels.length; index++) {
            pixels[index] = (float) random.nextDouble(0.25, 1);
        }
        Dataset images = Dataset.values("noise", Shape.of(1, 2, 1), pixels);
        try (Backend backend = CpuBackend.open(Precision.F32, 1)) {
            TrainingContext context = TrainingContext.on(backend, new TrainingImages(images, images));
            return ann.convert(neuron).conversionReport(context, ann);
        }
    }

    @Test
    void layersAreNamedWithTheirNeuronAndWhatTheyEmit() {
        ConversionReport report = report(ann(1, 1), NeuronVariant.MEMORY);
        assertThat(report.images()).isBetween(20, IMAGES);
        assertThat(report.layers()).extracting(ConversionReport.Layer::name).containsExactly("act1", "act2");
        assertThat(report.layers()).allSatisfy(layer -> {
            assertThat(layer.neuron()).isEqualTo(NeuronModel.MEMORY);
            assertThat(layer.reason()).startsWith("no slope below 0");
            // the mean of the pixels, over a threshold of 1
            assertThat(layer.rate()).isBetween(0.5, 0.75);
        });
        assertThat(report.errors()).extracting(OutputError::timeSteps).containsExactly(4, 16, 64);
        assertThat(report.errors().get(2).relativeError())
                .isLessThan(report.errors().get(0).relativeError() / 4);
        assertThat(report.warnings()).isEmpty();
        assertThat(report.advice()).isEmpty();
        assertThat(ConversionTables.of(report))
                .contains("act2", "memory", "on " + report.images() + " of " + IMAGES + " images");
    }

    @Test
    void aLayerThatNeverFiresIsToldOf() {
        ConversionReport report = report(ann(1, 1_000), NeuronVariant.PAIR);
        assertThat(report.layers())
                .extracting(ConversionReport.Layer::neuron)
                .containsOnly(NeuronModel.INTEGRATE_AND_FIRE);
        assertThat(report.warnings()).singleElement().asString().contains("'act2' never fires");
        assertThat(report.advice().get(0)).contains("--neuron memory");
        assertThat(ConversionTables.of(report)).contains("warning: layer 'act2' never fires", "calibrate");
    }

    @Test
    void aLayerThatIsSaturatedIsToldOf() {
        AnnModel ann = ann(0.1, 1);
        ConversionReport report = report(ann, NeuronVariant.MEMORY);
        assertThat(report.layers().get(0).saturated()).isEqualTo(1);
        assertThat(report.layers().get(1).saturated()).isZero();
        assertThat(report.warnings()).singleElement().asString().contains("'act1' is saturated: 100%");
    }

    @Test
    void anotherNetworksAnnIsRefused() {
        AnnModel ann = ann(1, 1);
        SpikingModel snn = ann.convert(NeuronVariant.MEMORY);
        Graph graph = new Graph(List.of(
                new Node("input", new Op.Input(Shape.of(1, 2, 1)), List.of()),
                new Node("fc", new Op.Linear(2, 3), List.of("input"))));
        Weights weights = new Weights(Map.of(
                "fc.weight", HostTensor.filled(Shape.of(3, 2), 1), "fc.bias", HostTensor.filled(Shape.of(3), 1)));
        AnnModel other = AnnModel.of(new SavedModel(graph, weights, ann.saved().info()));
        Dataset images = Dataset.values("noise", Shape.of(1, 2, 1), new float[2 * IMAGES]);
        try (Backend backend = CpuBackend.open(Precision.F32, 1)) {
            TrainingContext context = TrainingContext.on(backend, new TrainingImages(images, images));
            assertThatThrownBy(() -> snn.conversionReport(context, other))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining("the ANN is two");
        }
    }
}
