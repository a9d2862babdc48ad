package org.ambispike.exec;

import java.util.ArrayList;
import java.util.List;
import org.ambispike.graph.ConvGeometry;
import org.ambispike.graph.Graph;
import org.ambispike.graph.NeuronModel;
import org.ambispike.graph.Node;
import org.ambispike.graph.Op;
import org.ambispike.graph.PoolGeometry;
import org.ambispike.graph.SampledAxis;
import org.ambispike.graph.SampledAxis.Window;
import org.ambispike.graph.Shape;
import org.ambispike.support.RearrangedNetwork;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** What lowering makes of joins and maps along axes, in the lines of {@link LoweringTest}. */
class RearrangementLoweringTest {
    private static final ExecutionOptions INFERENCE = ExecutionOptions.inference(2, 3);
    private static final Op BY_CHANNEL = RearrangedNetwork.spike(NeuronModel.PAIR);
    private static final Op BY_LAYER = RearrangedNetwork.spikeByLayer(NeuronModel.PAIR);
    private static final Op CONV = new Op.Conv2d(new ConvGeometry(4, 4, 8, 8, 3, 1, 1));
    private static final Op CONV4 = new Op.Conv2d(new ConvGeometry(4, 4, 8, 4, 1, 1, 0));

    private final List<Node> nodes = new ArrayList<>();

    private RearrangementLoweringTest node(String name, Op op, String... inputs) {
        nodes.add(new Node(name, op, List.of(inputs)));
        return this;
    }

    private void lowers(StorageScheme scheme, String... expected) {
        LoweringTest.assertLines(Lowering.lower(new Graph(nodes), scheme, INFERENCE), expected);
    }

    private static void lowersNarrow(StorageScheme scheme, String... expected) {
        Graph graph = RearrangedNetwork.narrow(BY_CHANNEL, BY_LAYER);
        LoweringTest.assertLines(Lowering.lower(graph, scheme, INFERENCE), expected);
    }

    @Test
    void copiesOfSpikesStayLevelsInInt8() {
        lowersNarrow(
                StorageScheme.INT8,
                "input: constant F32",
                "conv1 < input: constant F32",
                "act1 < conv1: varies LEVELS",
                "pad < act1: varies LEVELS",
                "conv2 < pad: varies F32",
                "act2 < conv2: varies LEVELS",
                "up < act2: varies LEVELS",
                "cat < up act1: varies LEVELS",
                "shuffle < cat: varies LEVELS",
                "conv3 < shuffle: varies F32",
                "act3 < conv3: varies LEVELS",
                "blocks < act3: varies LEVELS",
                "pool < blocks: varies LEVELS 4 of blocks",
                "cat2 < pool shuffle pool: varies LEVELS",
                "conv4 < cat2: varies F32",
                "sum < cat conv4: varies F32",
                "act4 < sum: varies LEVELS",
                "smooth < act4: varies F32",
                "fc1 < smooth: varies F32");
    }

    @Test
    void copiesOfSpikesAndSumsOfThemStayBf16() {
        lowersNarrow(
                StorageScheme.BF16,
                "input: constant F32",
                "conv1 < input: constant BF16 leaves bias",
                "act1 < conv1: varies BF16",
                "pad < act1: varies BF16",
                "conv2 < pad: varies BF16 leaves bias",
                "act2 < conv2: varies BF16",
                "up < act2: varies BF16",
                "cat < up act1: varies BF16",
                "shuffle < cat: varies BF16",
                "conv3 < shuffle: varies BF16 leaves bias",
                "act3 < conv3: varies BF16",
                "blocks < act3: varies BF16",
                "pool < blocks: varies BF16",
                "cat2 < pool shuffle pool: varies BF16",
                "conv4 < cat2: varies BF16 leaves bias",
                "act4 < cat conv4: varies BF16 fuses sum",
                "smooth < act4: varies BF16",
                "fc1 < smooth: varies F32");
    }

    /** Their levels are worth different values in one channel of the result. */
    @Test
    void blocksOfSpikesWithThresholdsByChannelAreF32InInt8() {
        node("input", new Op.Input(Shape.of(4, 4, 8)))
                .node("act1", BY_CHANNEL, "input")
                .node("blocks", new Op.DepthToSpace(2, 1), "act1")
                .node("fc", new Op.Linear(128, 3), "blocks")
                .lowers(
                        StorageScheme.INT8,
                        "input: constant F32",
                        "act1 < input: varies F32",
                        "blocks < act1: varies F32",
                        "fc < blocks: varies F32");
    }

    /** One input in f32 makes the join f32, and so all others. */
    @ParameterizedTest
    @EnumSource
    void aJoinOfSpikesWithADriveIsF32AndKeepsItsOrder(StorageScheme scheme) {
        node("input", new Op.Input(Shape.of(4, 4, 8)))
                .node("early", CONV, "input")
                .node("act1", BY_CHANNEL, "input")
                .node("cat", new Op.Concat(2), "early", "act1")
                .node("fc", new Op.Linear(256, 3), "cat")
                .node("results", new Op.Outputs(List.of("early", "logits")), "early", "fc")
                .lowers(
                        scheme,
                        "input: constant F32",
                        "early < input: constant F32",
                        "act1 < input: varies F32",
                        "cat < early act1: varies F32",
                        "fc < cat: varies F32",
                        "results < early fc: varies F32");
    }

    /** Bytes would overflow: the sums of sums are means in f32. */
    @Test
    void aPoolOfJoinedSumsIsF32() {
        Op pool = new Op.AveragePool(new PoolGeometry(4, 4, 8, 2, 2));
        Op again = new Op.AveragePool(new PoolGeometry(2, 2, 16, 2, 2));
        node("input", new Op.Input(Shape.of(4, 4, 8)))
                .node("act1", BY_CHANNEL, "input")
                .node("pool1", pool, "act1")
                .node("cat", new Op.Concat(2), "pool1", "pool1")
                .node("pool2", again, "cat")
                .node("fc", new Op.Linear(16, 3), "pool2")
                .lowers(
                        StorageScheme.INT8,
                        "input: constant F32",
                        "act1 < input: varies LEVELS",
                        "pool1 < act1: varies LEVELS 4 of act1",
                        "cat < pool1 pool1: varies LEVELS",
                        "pool2 < cat: varies F32",
                        "fc < pool2: varies F32");
    }

    /** In int8 sums with weights read bytes, of copies too; a layer beside them still does so too. */
    @Test
    void spikesThatAreSummedWithWeightsStayLevels() {
        SampledAxis mean = new SampledAxis(4, List.of(new Window(0, List.of(0.5f, 0.5f)), Window.of(3)));
        Op map = new Op.Resample(mean, SampledAxis.unchanged(4), SampledAxis.unchanged(16));
        node("input", new Op.Input(Shape.of(4, 4, 8)))
                .node("act1", BY_CHANNEL, "input")
                .node("cat", new Op.Concat(2), "act1", "act1")
                .node("map", map, "cat")
                .node("conv", CONV4, "act1")
                .node("act2", BY_CHANNEL, "conv")
                .node("results", new Op.Outputs(List.of("map", "spikes")), "map", "act2")
                .lowers(
                        StorageScheme.INT8,
                        "input: constant F32",
                        "act1 < input: varies LEVELS",
                        "cat < act1 act1: varies LEVELS",
                        "map < cat: varies F32",
                        "conv < act1: varies F32",
                        "act2 < conv: varies F32",
                        "results < map act2: varies F32");
    }
}
