package org.ambispike.paper;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Map;
import org.ambispike.AnnModel;
import org.ambispike.SpikingModel;
import org.ambispike.data.Dataset;
import org.ambispike.graph.Graph;
import org.ambispike.graph.HostTensor;
import org.ambispike.graph.NeuronVariant;
import org.ambispike.graph.Node;
import org.ambispike.graph.Normalisation;
import org.ambispike.graph.Op;
import org.ambispike.graph.Shape;
import org.ambispike.graph.Weights;
import org.ambispike.io.ModelInfo;
import org.ambispike.io.SavedModel;
import org.junit.jupiter.api.Test;

class MeasuredAccuracyTest {
    private static final Normalisation NONE = new Normalisation(List.of(0f), List.of(1f));
    private static final MeasuredAccuracy ACCURACY = new MeasuredAccuracy(
            Dataset.of("dots", Shape.of(1, 1, 1), new byte[3], new int[3], List.of("a", "b"), NONE));

    @Test
    void aSpikingNetworkTellsItByT() {
        SpikingModel snn = ann().withThresholds(1).convert(NeuronVariant.PAIR);
        SpikingModel told =
                ACCURACY.addTo(snn, List.of(new TimeStepResult(1, 0, 0.25, 10), new TimeStepResult(4, 0, 2 / 3.0, 10)));
        assertThat(told.provenance())
                .containsEntry("seed", "7")
                .containsEntry("accuracy", "0.2500 at T = 1, 0.6667 at T = 4; on 3 of 3 images of dots");
    }

    @Test
    void whatIsMadeFromTheModelDoesNotInheritIt() {
        AnnModel told = ACCURACY.addTo(ann(), 0.5);
        assertThat(told.provenance())
                .containsExactly(Map.entry("seed", "7"), Map.entry("accuracy", "0.5000; on 3 of 3 images of dots"));
        assertThat(ACCURACY.addTo(told, 0.75).provenance())
                .containsEntry("accuracy", "0.7500; on 3 of 3 images of dots");
        AnnModel clipped = told.withThresholds(1);
        assertThat(clipped.provenance()).containsOnlyKeys("seed", "commit");
        assertThat(ACCURACY.addTo(clipped, 0.25).convert(NeuronVariant.PAIR).provenance())
                .containsOnlyKeys("seed", "commit", "neuron");
    }

    private static AnnModel ann() {
        return AnnModel.of(model());
    }

    private static SavedModel model() {
        Graph graph = new Graph(List.of(
                new Node("image", new Op.Input(Shape.of(1, 1, 1)), List.of()),
                new Node("drive", new Op.Linear(1, 1), List.of("image")),
                new Node("act", new Op.Activation(Op.ActivationKind.LEAKY, 0.1, 0, false), List.of("drive")),
                new Node("logits", new Op.Linear(1, 2), List.of("act"))));
        Weights weights = new Weights(Map.of(
                "drive.weight",
                HostTensor.filled(Shape.of(1, 1), 1),
                "drive.bias",
                HostTensor.filled(Shape.of(1), 0),
                "logits.weight",
                HostTensor.filled(Shape.of(2, 1), 1),
                "logits.bias",
                HostTensor.filled(Shape.of(2), 0)));
        return new SavedModel(
                graph, weights, new ModelInfo("net", "dots", NONE, List.of(), List.of(), Map.of("seed", "7")));
    }
}
