package org.ambispike.exec;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.ambispike.graph.ConvGeometry;
import org.ambispike.graph.Graph;
import org.ambispike.graph.MaxPoolGeometry;
import org.ambispike.graph.NeuronModel;
import org.ambispike.graph.Node;
import org.ambispike.graph.Op;
import org.ambispike.graph.Shape;
import org.ambispike.support.MaxPoolNetwork;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** What lowering makes of max pools, in the lines of {@link LoweringTest}. The pool of a constant is a step that runs once. */
class MaxPoolLoweringTest {
    private static final ExecutionOptions INFERENCE = ExecutionOptions.inference(2, 3);
    private static final ExecutionOptions TRAINING = ExecutionOptions.training(2, 3);
    private static final Op SPIKE = MaxPoolNetwork.spike(NeuronModel.PAIR);

    private static void lowers(
            boolean poolsSpikes, StorageScheme scheme, ExecutionOptions options, String... expected) {
        Graph graph = MaxPoolNetwork.graph(SPIKE, poolsSpikes);
        LoweringTest.assertLines(Lowering.lower(graph, scheme, options), expected);
    }

    @Test
    void neuronsDoTheMaxPoolBeforeThem() {
        lowers(
                true,
                StorageScheme.F32,
                INFERENCE,
                "input: constant F32",
                "conv1 < input: constant F32",
                "pool1 < conv1: constant F32",
                "act1 < pool1: varies F32",
                "conv2 < act1: varies F32",
                "act2 < conv2: varies F32 fuses pool2",
                "pool3 < act2: varies F32",
                "fc1 < pool3: varies F32");
    }

    @Test
    void neuronsThatPoolReadBf16AndAddTheBias() {
        lowers(
                false,
                StorageScheme.BF16,
                INFERENCE,
                "input: constant F32",
                "conv1 < input: constant F32",
                "pool1 < conv1: constant F32",
                "act1 < pool1: varies BF16",
                "conv2 < act1: varies BF16 leaves bias",
                "act2 < conv2: varies BF16 fuses pool2",
                "fc1 < act2: varies F32");
    }

    @Test
    void neuronsThatPoolEmitBytesInInt8() {
        lowers(
                false,
                StorageScheme.INT8,
                INFERENCE,
                "input: constant F32",
                "conv1 < input: constant F32",
                "pool1 < conv1: constant F32",
                "act1 < pool1: varies LEVELS",
                "conv2 < act1: varies F32",
                "act2 < conv2: varies LEVELS fuses pool2",
                "fc1 < act2: varies F32");
    }

    /** Spikes that are pooled are f32, and so the neurons that emit them read f32. */
    @ParameterizedTest
    @EnumSource(names = "F32", mode = EnumSource.Mode.EXCLUDE)
    void aMaxPoolOfSpikesIsF32(StorageScheme scheme) {
        String act1 = scheme == StorageScheme.INT8 ? "LEVELS" : "BF16";
        lowers(
                true,
                scheme,
                INFERENCE,
                "input: constant F32",
                "conv1 < input: constant F32",
                "pool1 < conv1: constant F32",
                "act1 < pool1: varies " + act1,
                "conv2 < act1: varies F32",
                "act2 < conv2: varies F32 fuses pool2",
                "pool3 < act2: varies F32",
                "fc1 < pool3: varies F32");
    }

    @Test
    void whatIsTrainedOrSmoothPoolsByItself() {
        for (ExecutionOptions options : List.of(TRAINING, INFERENCE.withSmoothSpikes())) {
            lowers(
                    false,
                    StorageScheme.F32,
                    options,
                    "input: constant F32",
                    "conv1 < input: constant F32",
                    "pool1 < conv1: constant F32",
                    "act1 < pool1: varies F32",
                    "conv2 < act1: varies F32",
                    "pool2 < conv2: varies F32",
                    "act2 < pool2: varies F32",
                    "fc1 < act2: varies F32");
        }
    }

    /** One more reader, or spikes of several quanta: neurons cannot do such a pool. */
    @ParameterizedTest
    @EnumSource
    void aMaxPoolThatNeuronsCannotDoGivesF32(StorageScheme scheme) {
        Op pool = new Op.MaxPool(MaxPoolGeometry.square(4, 4, 2, 3, 1, 1));
        Op conv = new Op.Conv2d(new ConvGeometry(4, 4, 2, 2, 3, 1, 1));
        Graph graph = new Graph(List.of(
                new Node("input", new Op.Input(Shape.of(4, 4, 2)), List.of()),
                new Node("act1", SPIKE, List.of("input")),
                new Node("conv2", conv, List.of("act1")),
                new Node("twice", pool, List.of("conv2")),
                new Node("act2", SPIKE, List.of("twice")),
                new Node("sum", new Op.Add(), List.of("act2", "twice")),
                new Node("conv3", conv, List.of("sum")),
                new Node("quanta", pool, List.of("conv3")),
                new Node("act3", new Op.Spike(NeuronModel.PAIR, 0.1, false, 3), List.of("quanta")),
                new Node("fc", new Op.Linear(32, 3), List.of("act3"))));
        LoweredGraph lowered = Lowering.lower(graph, scheme, INFERENCE);
        for (String name : List.of("twice", "quanta")) {
            LoweredNode drive = lowered.node(lowered.node(name).inputs().get(0));
            assertThat(lowered.node(name).type()).as(name).isEqualTo(StorageType.F32);
            assertThat(drive.type()).as(name).isEqualTo(StorageType.F32);
            assertThat(drive.leavesBias()).as(name).isFalse();
        }
    }
}
