package org.ambispike.exec;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.ambispike.graph.ConvGeometry;
import org.ambispike.graph.Graph;
import org.ambispike.graph.NeuronModel;
import org.ambispike.graph.Node;
import org.ambispike.graph.Op;
import org.ambispike.graph.PoolGeometry;
import org.ambispike.graph.Shape;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * What lowering decides, node by node. A line stands for a node with a step: its name, what it reads, whether its value varies
 * in time, its type; then what its spikes are summed or fused with, and whether it leaves its bias.
 */
class LoweringTest {
    private static final int SIZE = 4;
    private static final int CHANNELS = 2;
    private static final Op SPIKE = new Op.Spike(NeuronModel.PAIR, 0.1, false);
    private static final Op CONV = new Op.Conv2d(new ConvGeometry(SIZE, SIZE, CHANNELS, CHANNELS, 3, 1, 1));
    private static final Op FC = new Op.Linear(SIZE * SIZE * CHANNELS, 3);
    private static final Op ADD = new Op.Add();
    private static final Op DROP = new Op.Dropout(0.5);
    private static final ExecutionOptions INFERENCE = ExecutionOptions.inference(2, 3);
    private static final ExecutionOptions TRAINING = ExecutionOptions.training(2, 3);

    private final List<Node> nodes = new ArrayList<>();

    LoweringTest() {
        node("input", new Op.Input(Shape.of(SIZE, SIZE, CHANNELS)));
    }

    private LoweringTest node(String name, Op op, String... inputs) {
        nodes.add(new Node(name, op, List.of(inputs)));
        return this;
    }

    private static Op pool(int kernel) {
        return new Op.AveragePool(new PoolGeometry(SIZE, SIZE, CHANNELS, kernel, kernel));
    }

    private static Op fcAfterPool(int kernel) {
        return new Op.Linear(SIZE / kernel * (SIZE / kernel) * CHANNELS, 3);
    }

    private void lowers(StorageScheme scheme, String... expected) {
        assertLines(Lowering.lower(new Graph(nodes), scheme, INFERENCE), expected);
    }

    private void lowersForTraining(String... expected) {
        assertLines(Lowering.lower(new Graph(nodes), StorageScheme.F32, TRAINING), expected);
    }

    static void assertLines(LoweredGraph graph, String... expected) {
        assertThat(graph.nodes().stream().map(LoweringTest::line)).containsExactly(expected);
    }

    private static String line(LoweredNode node) {
        LoweredNode.Value value = node.value();
        String fused = node.fused().stream().map(Node::name).collect(Collectors.joining());
        return node.name()
                + (node.inputs().isEmpty() ? "" : " < " + String.join(" ", node.inputs()))
                + (node.varies() ? ": varies " : ": constant ")
                + node.type()
                + (value.spikes().equals(node.name()) ? "" : " " + value.window() + " of " + value.spikes())
                + (fused.isEmpty() ? "" : " fuses " + fused)
                + (node.leavesBias() ? " leaves bias" : "");
    }

    /** Two convolutions with neurons, and the logits. */
    private LoweringTest chain() {
        return node("conv1", CONV, "input")
                .node("act1", SPIKE, "conv1")
                .node("conv2", CONV, "act1")
                .node("act2", SPIKE, "conv2")
                .node("fc", FC, "act2");
    }

    @Test
    void aChainInF32() {
        chain().lowers(
                        StorageScheme.F32,
                        "input: constant F32",
                        "conv1 < input: constant F32",
                        "act1 < conv1: varies F32",
                        "conv2 < act1: varies F32",
                        "act2 < conv2: varies F32",
                        "fc < act2: varies F32");
    }

    /** A part of a network: what another part gives varies in time, whatever the part itself has. */
    @Test
    void whatIsGivenVariesInTime() {
        node("shortcut", CONV, "input")
                .node("act1", new Op.Input(Shape.of(SIZE, SIZE, CHANNELS)))
                .node("sum", ADD, "shortcut", "act1")
                .lowers(
                        StorageScheme.F32,
                        "input: constant F32",
                        "shortcut < input: constant F32",
                        "act1: varies F32",
                        "sum < act1 shortcut: varies F32");
    }

    @Test
    void aChainInBf16LeavesBiasesToNeuronsAndLogitsInF32() {
        chain().lowers(
                        StorageScheme.BF16,
                        "input: constant F32",
                        "conv1 < input: constant BF16 leaves bias",
                        "act1 < conv1: varies BF16",
                        "conv2 < act1: varies BF16 leaves bias",
                        "act2 < conv2: varies BF16",
                        "fc < act2: varies F32");
    }

    @Test
    void aChainInInt8HasSpikesInBytesAndDrivesInF32() {
        chain().lowers(
                        StorageScheme.INT8,
                        "input: constant F32",
                        "conv1 < input: constant F32",
                        "act1 < conv1: varies LEVELS",
                        "conv2 < act1: varies F32",
                        "act2 < conv2: varies LEVELS",
                        "fc < act2: varies F32");
    }

    @Test
    void neuronsAddTheBiasOfAMatrixProductButReadItInF32() {
        node("fc1", new Op.Linear(SIZE * SIZE * CHANNELS, 5), "input")
                .node("act1", SPIKE, "fc1")
                .node("fc2", new Op.Linear(5, 3), "act1")
                .lowers(
                        StorageScheme.BF16,
                        "input: constant F32",
                        "fc1 < input: constant F32 leaves bias",
                        "act1 < fc1: varies BF16",
                        "fc2 < act1: varies F32");
    }

    @ParameterizedTest
    @EnumSource
    void spikesThatAreTheOutputStayF32(StorageScheme scheme) {
        node("conv1", CONV, "input")
                .node("act1", SPIKE, "conv1")
                .lowers(scheme, "input: constant F32", "conv1 < input: constant F32", "act1 < conv1: varies F32");
    }

    /** The output is what lies behind dropout, also where another node reads it. */
    @ParameterizedTest
    @EnumSource
    void spikesBehindDropoutThatIsTheOutputStayF32(StorageScheme scheme) {
        node("conv1", CONV, "input").node("act1", SPIKE, "conv1").node("drop", DROP, "act1");
        LoweredGraph lowered = Lowering.lower(new Graph(nodes), scheme, INFERENCE);
        assertThat(lowered.output().name()).isEqualTo("act1");
        assertThat(lowered.output().type()).isEqualTo(StorageType.F32);
        assertThat(lowered.contains("drop")).isFalse();
    }

    /** The sum of a drive and the spikes of the layer before. */
    private LoweringTest residual() {
        return node("conv1", CONV, "input")
                .node("act1", SPIKE, "conv1")
                .node("conv2", CONV, "act1")
                .node("sum", ADD, "act1", "conv2")
                .node("act2", SPIKE, "sum")
                .node("fc", FC, "act2");
    }

    @Test
    void aSumInF32IsAStep() {
        residual()
                .lowers(
                        StorageScheme.F32,
                        "input: constant F32",
                        "conv1 < input: constant F32",
                        "act1 < conv1: varies F32",
                        "conv2 < act1: varies F32",
                        "sum < act1 conv2: varies F32",
                        "act2 < sum: varies F32",
                        "fc < act2: varies F32");
    }

    @Test
    void neuronsInBf16AddTheSumBeforeThem() {
        residual()
                .lowers(
                        StorageScheme.BF16,
                        "input: constant F32",
                        "conv1 < input: constant BF16 leaves bias",
                        "act1 < conv1: varies BF16",
                        "conv2 < act1: varies BF16 leaves bias",
                        "act2 < act1 conv2: varies BF16 fuses sum",
                        "fc < act2: varies F32");
    }

    @Test
    void aSumInInt8ReadsBytesAndGivesF32() {
        residual()
                .lowers(
                        StorageScheme.INT8,
                        "input: constant F32",
                        "conv1 < input: constant F32",
                        "act1 < conv1: varies LEVELS",
                        "conv2 < act1: varies F32",
                        "sum < act1 conv2: varies F32",
                        "act2 < sum: varies LEVELS",
                        "fc < act2: varies F32");
    }

    /** What varies comes first: the second addend alone may be constant. */
    private LoweringTest constantBranch(String... order) {
        return node("early", CONV, "input")
                .node("conv1", CONV, "input")
                .node("act1", SPIKE, "conv1")
                .node("conv2", CONV, "act1")
                .node("sum", ADD, order)
                .node("act2", SPIKE, "sum")
                .node("fc", FC, "act2");
    }

    @Test
    void inputsThatVaryComeFirst() {
        LoweredGraph lowered =
                Lowering.lower(new Graph(constantBranch("early", "conv2").nodes), StorageScheme.F32, INFERENCE);
        assertThat(lowered.node("sum").inputs()).containsExactly("conv2", "early");
        assertThat(lowered.node("sum").varies()).isTrue();
        assertThat(lowered.node("early").varies()).isFalse();
    }

    @Test
    void aConstantBranchIsTheSecondAddendOfNeurons() {
        LoweredGraph lowered =
                Lowering.lower(new Graph(constantBranch("early", "conv2").nodes), StorageScheme.BF16, INFERENCE);
        assertThat(lowered.contains("sum")).isFalse();
        assertThat(lowered.node("act2").inputs()).containsExactly("conv2", "early");
        assertThat(lowered.node("early").type()).isEqualTo(StorageType.BF16);
    }

    /** A second reader of the sum keeps it, and with it all that it reads, in f32. */
    @Test
    void aSumWithASecondReaderStaysAStep() {
        node("conv1", CONV, "input")
                .node("act1", SPIKE, "conv1")
                .node("conv2", CONV, "act1")
                .node("sum", ADD, "conv2", "act1")
                .node("act2", SPIKE, "sum")
                .node("sum2", ADD, "act2", "sum")
                .node("act3", SPIKE, "sum2")
                .node("fc", FC, "act3")
                .lowers(
                        StorageScheme.BF16,
                        "input: constant F32",
                        "conv1 < input: constant F32",
                        "act1 < conv1: varies F32",
                        "conv2 < act1: varies F32",
                        "sum < conv2 act1: varies F32",
                        "act2 < sum: varies BF16",
                        "act3 < sum act2: varies BF16 fuses sum2",
                        "fc < act3: varies F32");
    }

    /** The second convolution cannot add the bias of the first, so that neurons that read it too must not. */
    @Test
    void aDriveThatWeightsReadTooStaysF32WithItsBias() {
        node("conv1", CONV, "input")
                .node("act1", SPIKE, "conv1")
                .node("conv2", CONV, "conv1")
                .node("sum", ADD, "act1", "conv2")
                .node("act2", SPIKE, "sum")
                .node("fc", FC, "act2")
                .lowers(
                        StorageScheme.BF16,
                        "input: constant F32",
                        "conv1 < input: constant F32",
                        "act1 < conv1: varies BF16",
                        "conv2 < conv1: constant BF16 leaves bias",
                        "act2 < act1 conv2: varies BF16 fuses sum",
                        "fc < act2: varies F32");
    }

    private LoweringTest pooled(int kernel) {
        return node("conv1", CONV, "input")
                .node("act1", SPIKE, "conv1")
                .node("pool", pool(kernel), "act1")
                .node("drop", DROP, "pool")
                .node("fc", fcAfterPool(kernel), "drop");
    }

    @Test
    void spikesThatPoolsAloneReadAreBytesInBf16() {
        pooled(2)
                .lowers(
                        StorageScheme.BF16,
                        "input: constant F32",
                        "conv1 < input: constant BF16 leaves bias",
                        "act1 < conv1: varies SPIKE_BYTE",
                        "pool < act1: varies BF16",
                        "fc < pool: varies F32");
    }

    @Test
    void aSmallPoolInInt8SumsLevelsInBytes() {
        pooled(2)
                .lowers(
                        StorageScheme.INT8,
                        "input: constant F32",
                        "conv1 < input: constant F32",
                        "act1 < conv1: varies LEVELS",
                        "pool < act1: varies LEVELS 4 of act1",
                        "fc < pool: varies F32");
        LoweredGraph lowered = Lowering.lower(new Graph(nodes), StorageScheme.INT8, INFERENCE);
        assertThat(lowered.largestWindow(lowered.node("act1"))).isEqualTo(4);
    }

    /** Over 16 spikes of a byte each too few levels would be left. */
    @Test
    void aLargePoolInInt8GivesMeansInF32() {
        pooled(4)
                .lowers(
                        StorageScheme.INT8,
                        "input: constant F32",
                        "conv1 < input: constant F32",
                        "act1 < conv1: varies LEVELS",
                        "pool < act1: varies F32",
                        "fc < pool: varies F32");
        LoweredGraph lowered = Lowering.lower(new Graph(nodes), StorageScheme.INT8, INFERENCE);
        assertThat(lowered.largestWindow(lowered.node("act1"))).isEqualTo(1);
    }

    @Test
    void aPoolOfDrivesStaysF32() {
        for (StorageScheme scheme : StorageScheme.values()) {
            LoweringTest graph = new LoweringTest()
                    .node("conv1", CONV, "input")
                    .node("pool", pool(2), "conv1")
                    .node("act1", SPIKE, "pool")
                    .node("fc", fcAfterPool(2), "act1");
            LoweredGraph lowered = Lowering.lower(new Graph(graph.nodes), scheme, INFERENCE);
            for (String name : List.of("conv1", "pool")) {
                assertThat(lowered.node(name).type()).as(name + " " + scheme).isEqualTo(StorageType.F32);
                assertThat(lowered.node(name).leavesBias()).isFalse();
            }
            assertThat(lowered.node("act1").varies()).isTrue();
        }
    }

    @Test
    void trainingKeepsDropoutAndF32() {
        pooled(2)
                .lowersForTraining(
                        "input: constant F32",
                        "conv1 < input: constant F32",
                        "act1 < conv1: varies F32",
                        "pool < act1: varies F32",
                        "drop < pool: varies F32",
                        "fc < drop: varies F32");
    }

    @Test
    void anAnnIsConstantInTime() {
        node("conv1", CONV, "input")
                .node("norm", new Op.BatchNorm(1e-5, 0.1), "conv1")
                .node("act1", new Op.Activation(Op.ActivationKind.LEAKY, 0.1, 0, false), "norm")
                .node("drop", DROP, "act1")
                .node("fc", FC, "drop")
                .lowers(
                        StorageScheme.F32,
                        "input: constant F32",
                        "conv1 < input: constant F32",
                        "norm < conv1: constant F32",
                        "act1 < norm: constant F32",
                        "fc < act1: constant F32");
    }

    @Test
    void positionsAreThoseOfTheGraph() {
        LoweredGraph lowered = Lowering.lower(new Graph(pooled(2).nodes), StorageScheme.F32, INFERENCE);
        assertThat(lowered.nodes().stream().collect(Collectors.toMap(LoweredNode::name, LoweredNode::position)))
                .isEqualTo(Map.of("input", 0, "conv1", 1, "act1", 2, "pool", 3, "fc", 5));
        assertThatThrownBy(() -> lowered.node("drop"))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageStartingWith("no step runs node 'drop'; there are [input, conv1");
    }

    @ParameterizedTest
    @EnumSource(names = "F32", mode = EnumSource.Mode.EXCLUDE)
    void trainingInAnotherTypeIsRefused(StorageScheme scheme) {
        Graph graph = new Graph(chain().nodes);
        assertThatThrownBy(() -> Lowering.lower(graph, scheme, TRAINING))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining(scheme.name());
    }
}
