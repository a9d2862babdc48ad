package org.ambispike.run;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.List;
import java.util.Map;
import org.ambispike.graph.ConvGeometry;
import org.ambispike.graph.Graph;
import org.ambispike.graph.NeuronModel;
import org.ambispike.graph.Node;
import org.ambispike.graph.Op;
import org.ambispike.graph.Shape;
import org.ambispike.support.MaxPoolNetwork;
import org.junit.jupiter.api.Test;

/** Operations counted by hand. */
class SynapticOperationsTest {
    private static final Graph GRAPH = new Graph(List.of(
            new Node("input", new Op.Input(Shape.of(4, 4, 1)), List.of()),
            new Node("conv1", new Op.Conv2d(new ConvGeometry(4, 4, 1, 2, 1, 1, 0)), List.of("input")),
            new Node("spike1", new Op.Spike(NeuronModel.PAIR, 0.1, false), List.of("conv1")),
            new Node("fc1", new Op.Linear(32, 3), List.of("spike1"))));

    /** 10 images, two steps: 40 + 60 positive and 10 + 0 negative spikes, 3 synapses each, 11 spikes an image. */
    private static final StepCurve CURVE =
            new StepCurve(10, 10, new double[] {0.5, 0.6}, Map.of("spike1", new long[][] {{40, 10}, {60, 0}}), 1);

    @Test
    void aSpikeCostsAnAccumulationForEachSynapse() {
        EnergyEstimate both = new SynapticOperations(GRAPH).estimate(CURVE, 2, 4);
        assertThat(both.synapticOperations()).isEqualTo(33, within(1e-9));
        EnergyEstimate first = new SynapticOperations(GRAPH).estimate(CURVE, 1, 4);
        assertThat(first.synapticOperations()).isEqualTo(15, within(1e-9));
    }

    /** The image passes the first layer once, 32 multiply-accumulates; the ANN does those and 96 more. */
    @Test
    void energyIsThatOfTheOperations() {
        EnergyEstimate estimate = new SynapticOperations(GRAPH).estimate(CURVE, 2, 4);
        assertThat(estimate.snnNanojoules()).isEqualTo((32 * 4.6 + 33 * 0.9) / 1000, within(1e-9));
        assertThat(estimate.annNanojoules()).isEqualTo(128 * 4.6 / 1000, within(1e-9));
    }

    /** By depth a spike reaches the 9 places around it in one map each of two. */
    @Test
    void aSpikeReachesItsGroupAlone() {
        ConvGeometry depthwise = new ConvGeometry(4, 4, 3, 6, 3, 1, 1, 3);
        Graph graph = new Graph(List.of(
                new Node("input", new Op.Input(Shape.of(4, 4, 3)), List.of()),
                new Node("spike1", new Op.Spike(NeuronModel.PAIR, 0.1, false), List.of("input")),
                new Node("conv", new Op.Conv2d(depthwise), List.of("spike1"))));
        assertThat(depthwise.multiplyAccumulates()).isEqualTo(4 * 4 * 6 * 9);
        StepCurve curve = new StepCurve(10, 10, new double[] {0.5}, Map.of("spike1", new long[][] {{10, 0}}), 1);
        assertThat(new SynapticOperations(graph).estimate(curve, 1, 1).synapticOperations())
                .isEqualTo(2 * 9, within(1e-9));
    }

    /** One spike an image of each layer: one goes on to a convolution, the other through a pool to a matrix. */
    @Test
    void aMaxPoolAddsNoSynapses() {
        Graph graph = MaxPoolNetwork.graph(MaxPoolNetwork.spike(NeuronModel.PAIR), true);
        long[][] spikes = {{10, 0}};
        StepCurve curve = new StepCurve(10, 10, new double[] {0.5}, Map.of("act1", spikes, "act2", spikes), 1);
        double convolution = 4 * 3 * 6 * 9 * 5 / (4.0 * 3 * 5);
        double matrix = 12 * 4 / 12.0;
        assertThat(new SynapticOperations(graph).estimate(curve, 1, 1).synapticOperations())
                .isEqualTo(convolution + matrix, within(1e-9));
    }

    /** A spike of the first layer reaches 2 neurons by weights and 1 by the shortcut; two layers see the image alone. */
    @Test
    void everyReaderOfABranchCounts() {
        Graph graph = new Graph(List.of(
                new Node("input", new Op.Input(Shape.of(4, 4, 1)), List.of()),
                new Node("conv1", new Op.Conv2d(new ConvGeometry(4, 4, 1, 2, 1, 1, 0)), List.of("input")),
                new Node("shortcut", new Op.Conv2d(new ConvGeometry(4, 4, 1, 2, 1, 1, 0)), List.of("input")),
                new Node("spike1", new Op.Spike(NeuronModel.PAIR, 0.1, false), List.of("conv1")),
                new Node("conv2", new Op.Conv2d(new ConvGeometry(4, 4, 2, 2, 1, 1, 0)), List.of("spike1")),
                new Node("sum1", new Op.Add(), List.of("conv2", "spike1")),
                new Node("sum2", new Op.Add(), List.of("sum1", "shortcut")),
                new Node("spike2", new Op.Spike(NeuronModel.PAIR, 0.1, false), List.of("sum2")),
                new Node("fc1", new Op.Linear(32, 3), List.of("spike2"))));
        long[][] spikes = {{40, 10}, {60, 0}};
        StepCurve curve = new StepCurve(10, 10, new double[] {0.5, 0.6}, Map.of("spike1", spikes, "spike2", spikes), 1);
        EnergyEstimate estimate = new SynapticOperations(graph).estimate(curve, 2, 4);
        assertThat(estimate.synapticOperations()).isEqualTo(11 * (2 + 1) + 11 * 3, within(1e-9));
        assertThat(estimate.snnNanojoules()).isEqualTo((64 * 4.6 + 66 * 0.9) / 1000, within(1e-9));
    }
}
