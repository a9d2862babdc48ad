package org.ambispike.convert;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.ambispike.graph.Graph;
import org.ambispike.graph.MaxPoolGeometry;
import org.ambispike.graph.Network;
import org.ambispike.graph.NeuronModel;
import org.ambispike.graph.NeuronVariant;
import org.ambispike.graph.Node;
import org.ambispike.graph.Op;
import org.ambispike.graph.Shape;
import org.ambispike.graph.Weights;
import org.ambispike.support.Logits;
import org.ambispike.support.MaxPoolNetwork;
import org.ambispike.train.TeacherNetwork;
import org.junit.jupiter.api.Test;

class MaxPoolsTest {
    private final List<Node> nodes = new ArrayList<>();

    private MaxPoolsTest node(String name, Op op, String... inputs) {
        nodes.add(new Node(name, op, List.of(inputs)));
        return this;
    }

    private static Op pool(int size) {
        return new Op.MaxPool(MaxPoolGeometry.square(size, size, 1, 2, 1, 0));
    }

    private static String lines(Graph graph) {
        StringBuilder lines = new StringBuilder();
        graph.nodes().forEach(node -> lines.append(node.name()).append(node.inputs()));
        return lines.toString();
    }

    private String moved() {
        return lines(MaxPools.beforeActivations(new Network(new Graph(nodes), new Weights(Map.of())))
                .graph());
    }

    private MaxPoolsTest activated() {
        Op leaky = new Op.Activation(Op.ActivationKind.LEAKY, 0.1, 0, false);
        return node("input", new Op.Input(Shape.of(5, 5, 1))).node("act", leaky, "input");
    }

    @Test
    void poolsInARowAreOneAndReadersFollow() {
        assertThat(activated()
                        .node("pool1", pool(5), "act")
                        .node("pool2", pool(4), "pool1")
                        .node("twice", new Op.Add(), "pool2", "pool2")
                        .moved())
                .isEqualTo("input[]pool2[input]act[pool2]twice[act, act]");
    }

    @Test
    void aPoolMovesBeforeSeveralActivations() {
        assertThat(activated()
                        .node("act2", new Op.Activation(Op.ActivationKind.LEAKY, 0, 0, false), "act")
                        .node("pool", pool(5), "act2")
                        .node("twice", new Op.Add(), "pool", "pool")
                        .moved())
                .isEqualTo("input[]pool[input]act[pool]act2[act]twice[act2, act2]");
    }

    @Test
    void eachPoolGetsAnActivationOfItsOwn() {
        assertThat(activated()
                        .node("pool", pool(5), "act")
                        .node("pool2", pool(5), "act")
                        .node("sum", new Op.Add(), "pool", "pool2")
                        .moved())
                .isEqualTo("input[]pool[input]act.pool[pool]pool2[input]act[pool2]sum[act.pool, act]");
    }

    @Test
    void anAnnComputesTheSameAndPoolsItsDrivesOnceItHasThresholds() {
        Graph graph = MaxPoolNetwork.graph(MaxPoolNetwork.clipped(), true);
        Network ann = new Network(graph, MaxPoolNetwork.random(graph, 4));
        Network moved = MaxPools.beforeActivations(ann);
        assertThat(lines(moved.graph())).endsWith("conv2[act1]pool3[conv2]act2[pool3]fc1[act2]");
        float[] images = MaxPoolNetwork.images(6, 2);
        assertThat(Logits.of(moved.graph(), moved.weights(), images, 1))
                .isEqualTo(Logits.of(graph, ann.weights(), images, 1));
        assertThat(MaxPools.beforeActivations(moved)).isSameAs(moved);

        Map<String, Thresholds.Pair> thresholds = new LinkedHashMap<>();
        graph.neurons().forEach(node -> thresholds.put(node.name(), new Thresholds.Pair(0.5, 0.125)));
        assertThat(lines(Thresholds.clip(ann, thresholds, true).graph())).isEqualTo(lines(moved.graph()));
        Graph spiking = Converter.convert(ann, NeuronVariant.PAIR).graph();
        assertThat(lines(spiking)).isEqualTo(lines(moved.graph()));
        assertThat(new TeacherNetwork(ann).mismatch(spiking)).isEmpty();
    }

    @Test
    void spikesArePooledAsTheyAre() {
        Graph graph = MaxPoolNetwork.graph(MaxPoolNetwork.spike(NeuronModel.PAIR), true);
        Network network = new Network(graph, MaxPoolNetwork.random(graph, 4));
        assertThat(MaxPools.beforeActivations(network)).isSameAs(network);
    }
}
