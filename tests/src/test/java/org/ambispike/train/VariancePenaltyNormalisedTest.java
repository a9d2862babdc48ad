package org.ambispike.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import org.ambispike.backend.Backend;
import org.ambispike.backend.DeviceBuffer;
import org.ambispike.backend.cpu.CpuBackend;
import org.ambispike.common.PenaltyGrouping;
import org.ambispike.common.Precision;
import org.ambispike.exec.ExecutionOptions;
import org.ambispike.exec.Executor;
import org.ambispike.exec.ParameterStore;
import org.ambispike.graph.Graph;
import org.ambispike.graph.Node;
import org.ambispike.graph.Op;
import org.ambispike.graph.Weights;
import org.ambispike.support.GradientCheck;
import org.ambispike.support.NormalisedNetwork;
import org.junit.jupiter.api.Test;

/** The whole loss of eq. 31 over batch normalisations and one layer without, its eta written out here in doubles. */
class VariancePenaltyNormalisedTest {
    private static final int BATCH = 3;
    private static final double WEIGHT = 0.1;
    /** The floors of activations and of parameters, as the objective's. */
    private static final double EPSILON = 1e-6;

    private static final double PARAMETER_EPSILON = 1e-2;

    /** Four normalisations and, behind them, neurons without one; a slope near 1 makes kinks small. */
    private static Graph graph() {
        Op leaky = new Op.Activation(Op.ActivationKind.LEAKY, 0.95, 0, false);
        List<Node> nodes = new ArrayList<>(NormalisedNetwork.graph(0.95).nodes());
        nodes.add(new Node("act4", leaky, List.of("fc2")));
        nodes.add(new Node("fc3", new Op.Linear(4, 3), List.of("act4")));
        return new Graph(nodes);
    }

    @Test
    void gradientsAreTheSlopesOfTheWholeLoss() {
        Graph graph = graph();
        Weights weights = NormalisedNetwork.weights(graph, 4);
        SplittableRandom random = new SplittableRandom(11);
        float[] images = new float[Math.toIntExact(graph.inputShape().elements()) * BATCH];
        for (int index = 0; index < images.length; index++) {
            images[index] = (float) random.nextDouble(-1, 1.5);
        }
        ExecutionOptions options = ExecutionOptions.training(BATCH, 1).withRateGradients();
        PenaltyGrouping together = new PenaltyGrouping(false, false);
        try (Backend backend = CpuBackend.open(Precision.F32, 1);
                ParameterStore store = ParameterStore.create(backend, graph, weights, true);
                Executor executor = Executor.plan(backend, graph, store, options);
                DeviceBuffer labels = backend.memory().allocate("labels", BATCH * Integer.BYTES);
                StepScalars numbers = new StepScalars(backend)) {
            Objective objective =
                    new VariancePenaltyObjective(backend, graph, 0.1, new VariancePenalty(together, WEIGHT));
            PlannedObjective plain = new LabelLoss(backend, 0.1, numbers);
            PlannedObjective penalised = objective.plan(numbers, graph);
            numbers.allocate();
            backend.memory().upload(new int[] {2, 0, 1}, 0, BATCH, labels);
            penalised.begin(executor, new TrainingBatch(images, BATCH, 0));
            penalised.before(executor);
            executor.forward();
            plain.apply(executor, labels);
            penalised.apply(executor, labels);
            executor.backward(objective.usesRateGradients());
            penalised.after(executor);
            numbers.fetch();
            double label = plain.loss().loss();
            assertThat(penalised.loss().loss())
                    .as("the penalty is worth a tenth of the loss of the labels")
                    .isCloseTo(1.1 * label, within(1e-6));
            List<Node> normalisations = graph.nodes().stream()
                    .filter(node -> node.op() instanceof Op.BatchNorm)
                    .toList();
            // lambda1 is detached: the gradient is that of the logarithm of eta, with a fixed factor
            double share = WEIGHT * label / (normalisations.size() + 1);
            GradientCheck.assertSlopes(backend, store, graph, weights, 4e-3, () -> {
                executor.forward();
                plain.apply(executor, labels);
                numbers.fetch();
                double loss = plain.loss().loss();
                for (Node node : normalisations) {
                    loss += share * Math.log(ofParameters(store.weights(), node));
                }
                float[] activations = new float[BATCH * 4];
                backend.memory().download(executor.rate("act4"), activations, 0, activations.length);
                return loss + share * Math.log(ofActivations(activations));
            });
        }
    }

    /** The mean over channels. */
    private static double ofParameters(Weights weights, Node node) {
        float[] gamma = weights.get(node.parameter("gamma")).values();
        float[] beta = weights.get(node.parameter("beta")).values();
        double sum = 0;
        for (int channel = 0; channel < gamma.length; channel++) {
            sum += Math.pow(Math.abs(gamma[channel]) / (Math.abs(beta[channel]) + PARAMETER_EPSILON), 3);
        }
        return sum / gamma.length;
    }

    private static double ofActivations(float[] values) {
        double mean = 0;
        for (float value : values) {
            mean += value / values.length;
        }
        double variance = 0;
        for (float value : values) {
            variance += (value - mean) * (value - mean) / values.length;
        }
        return Math.pow(Math.sqrt(variance) / (Math.abs(mean) + EPSILON), 3);
    }
}
