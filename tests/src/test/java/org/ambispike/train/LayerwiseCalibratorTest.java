package org.ambispike.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.ambispike.backend.Backend;
import org.ambispike.backend.cpu.CpuBackend;
import org.ambispike.common.Cancellation;
import org.ambispike.common.InputException;
import org.ambispike.common.Precision;
import org.ambispike.convert.Converter;
import org.ambispike.data.Dataset;
import org.ambispike.graph.ConvGeometry;
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
import org.ambispike.support.ResidualNetwork;
import org.ambispike.support.SmallNetworks;
import org.junit.jupiter.api.Test;

class LayerwiseCalibratorTest {
    @Test
    void aChainIsCutAtEveryNeuronLayer() {
        Graph network = SmallNetworks.exact(NeuronVariant.IBT, false, 1).graph();
        List<LayerBlock> blocks = LayerBlock.of(network);
        assertThat(blocks).extracting(LayerBlock::source).containsExactly("input", "act1");
        assertThat(blocks).extracting(LayerBlock::name).containsExactly("act1", "act2");
        assertThat(blocks).extracting(LayerBlock::first).containsExactly(true, false);
        assertThat(blocks.get(1).graph().nodes())
                .extracting(Node::name)
                .containsExactly("act1", "pool1", "conv2", "act2");
        assertThat(blocks.get(1).graph().inputShape()).isEqualTo(network.shape("act1"));
    }

    /** A residual block, whose input is read beside its first neurons, is one part. */
    @Test
    void aResidualBlockIsOnePart() {
        Graph network = residual();
        List<LayerBlock> blocks = LayerBlock.of(network);
        assertThat(blocks).extracting(LayerBlock::source).containsExactly("input", "act1");
        assertThat(blocks).extracting(LayerBlock::name).containsExactly("act1", "act3");
        assertThat(blocks.get(1).graph().neurons()).extracting(Node::name).containsExactly("act2", "act3");
    }

    @Test
    void neuronsThatAreNoPartByThemselvesAreRefusedByName() {
        Network ann = ResidualNetwork.clipped(0.25, false);
        Graph network = Converter.convert(ann, NeuronVariant.IBT).graph();
        assertThatThrownBy(() -> LayerBlock.of(network))
                .isInstanceOf(InputException.class)
                .hasMessageContaining("'act1'")
                .hasMessageContaining("jointly");
    }

    private static Graph residual() {
        Op spike = new Op.Spike(NeuronModel.SINGLE, 0.25, false);
        Op conv = new Op.Conv2d(new ConvGeometry(4, 4, 2, 2, 3, 1, 1));
        return new Graph(List.of(
                new Node("input", new Op.Input(Shape.of(4, 4, 2)), List.of()),
                new Node("conv1", conv, List.of("input")),
                new Node("act1", spike, List.of("conv1")),
                new Node("conv2", conv, List.of("act1")),
                new Node("act2", spike, List.of("conv2")),
                new Node("conv3", conv, List.of("act2")),
                new Node("sum3", new Op.Add(), List.of("act1", "conv3")),
                new Node("act3", spike, List.of("sum3")),
                new Node("fc1", new Op.Linear(32, 3), List.of("act3"))));
    }

    /** By hand: what a channel emitted too little over T steps is in its membranes before the first, as far as 1 goes. */
    @Test
    void potentialsMakeUpForWhatWasNotEmitted() {
        try (Backend backend = CpuBackend.open(Precision.F32, 1)) {
            // constant drives 0.3 and 0.9 of a threshold of 1; from 0, after two steps: none and one spike
            Graph ann = network(new Op.Activation(Op.ActivationKind.CLIPPED, 0.5, 0, false));
            Weights weights = weights(ann);
            Converter.Conversion snn = Converter.convert(new Network(ann, weights), NeuronVariant.IBT, 0);
            Dataset images = images();
            Weights moved = new InitialPotentials(
                            backend, new TeacherNetwork(new Network(ann, weights)), new Cancellation())
                    .calibrate(snn.network(), 2, images);
            // 2 (0.3 - 0) = 0.6 and 2 (0.9 - 0.5) = 0.8
            assertThat(moved.get("act1.startPositive").values())
                    .containsExactly(new float[] {0.6f, 0.8f}, within(1e-5f));
            assertThat(moved.get("conv1.weight")).isEqualTo(snn.weights().get("conv1.weight"));
            assertThat(backend.memory().liveBytes()).isZero();
        }
    }

    private static Graph network(Op neuron) {
        return new Graph(List.of(
                new Node("input", new Op.Input(Shape.of(1, 1, 1)), List.of()),
                new Node("conv1", new Op.Conv2d(new ConvGeometry(1, 1, 1, 2, 1, 1, 0)), List.of("input")),
                new Node("act1", neuron, List.of("conv1")),
                new Node("fc1", new Op.Linear(2, 2), List.of("act1"))));
    }

    private static Weights weights(Graph graph) {
        Map<String, HostTensor> tensors = new LinkedHashMap<>();
        graph.parameterShapes().forEach((name, shape) -> tensors.put(name, HostTensor.filled(shape, 1)));
        tensors.put("conv1.weight", HostTensor.filled(graph.parameterShapes().get("conv1.weight"), 0));
        tensors.put("conv1.bias", new HostTensor(Shape.of(2), new float[] {0.3f, 0.9f}));
        return new Weights(tensors);
    }

    private static Dataset images() {
        List<String> classes = List.of("a", "b");
        return Dataset.of("black", Shape.of(1, 1, 1), new byte[100], new int[100], classes, Normalisation.none(1));
    }
}
