package org.ambispike.train;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.ambispike.graph.Graph;
import org.ambispike.graph.Network;
import org.ambispike.graph.Node;
import org.ambispike.graph.Op;
import org.ambispike.graph.Shape;
import org.ambispike.graph.Weights;
import org.ambispike.support.SmallNetworks;
import org.junit.jupiter.api.Test;

class TeacherNetworkTest {
    private static final Graph STUDENT = dense(8, 6, "act", 4);

    @Test
    void theNetworksOwnAnnIsItsTeacher() {
        assertThat(mismatch(
                        SmallNetworks.clippedAnn(1).graph(),
                        SmallNetworks.random(1).graph()))
                .isEmpty();
        assertThat(mismatch(STUDENT, STUDENT)).isEmpty();
    }

    @Test
    void aSpikingNetworkTeachesNothing() {
        Graph spiking = SmallNetworks.random(1).graph();
        assertThat(mismatch(spiking, spiking))
                .hasValueSatisfying(problem -> assertThat(problem).contains("is a spiking network"));
    }

    @Test
    void whatDiffersIsNamed() {
        assertThat(mismatch(dense(9, 6, "act", 4), STUDENT))
                .contains("has images [9], but the network to calibrate has [8]");
        assertThat(mismatch(dense(8, 6, "act", 5), STUDENT))
                .contains("has classes 5, but the network to calibrate has 4");
        assertThat(mismatch(dense(8, 6, "relu", 4), STUDENT))
                .contains("has no neuron layer 'act', which the network to calibrate has; there are [relu]");
        assertThat(mismatch(dense(8, 7, "act", 4), STUDENT))
                .contains("has neurons 'act' of shape [7], but the network to calibrate has [6]");
    }

    private static Optional<String> mismatch(Graph teacher, Graph student) {
        return new TeacherNetwork(new Network(teacher, new Weights(Map.of()))).mismatch(student);
    }

    private static Graph dense(int inputs, int hidden, String neuron, int classes) {
        return new Graph(List.of(
                new Node("input", new Op.Input(Shape.of(inputs)), List.of()),
                new Node("fc1", new Op.Linear(inputs, hidden), List.of("input")),
                new Node(neuron, new Op.Activation(Op.ActivationKind.LEAKY, 0.1, 0, false), List.of("fc1")),
                new Node("fc2", new Op.Linear(hidden, classes), List.of(neuron))));
    }
}
