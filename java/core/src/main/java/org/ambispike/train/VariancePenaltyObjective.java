package org.ambispike.train;

import java.util.List;
import org.ambispike.backend.Backend;
import org.ambispike.backend.DeviceBuffer;
import org.ambispike.backend.PenaltyLayout;
import org.ambispike.backend.PenaltyWeight;
import org.ambispike.exec.Executor;
import org.ambispike.exec.ParameterStore;
import org.ambispike.graph.Graph;
import org.ambispike.graph.Node;
import org.ambispike.graph.Op;

/**
 * A loss on the labels plus the variance penalty of eq. 31: the total of the layers' eta (eq. 23) with the weight lambda1 =
 * 0.1 |L_c| / eta, detached, so that its gradient is that of 0.1 |L_c| log eta. Each layer has a weight of its own and an
 * equal share. A batch normalisation is a layer, whose deviation and mean are its factor and term by channel; of neurons
 * that none feeds the activations are measured.
 */
final class VariancePenaltyObjective implements Objective {
    private static final double EPSILON = 1e-6;
    /** The floor for parameters, which unlike the mean of many activations may be 0. */
    private static final double PARAMETER_EPSILON = 1e-2;

    private final Backend backend;
    private final double smoothing;
    private final VariancePenalty penalty;
    private final List<Node> normalisations;
    private final List<Node> measured;
    private final List<Node> unmeasured;

    /**
     * For one network.
     *
     * @param graph of the student
     * @param smoothing of the labels, in [0, 1)
     */
    VariancePenaltyObjective(Backend backend, Graph graph, double smoothing, VariancePenalty penalty) {
        this.backend = backend;
        this.smoothing = smoothing;
        this.penalty = penalty;
        this.normalisations = graph.nodes().stream()
                .filter(node -> node.op() instanceof Op.BatchNorm)
                .toList();
        this.measured = graph.neurons().stream()
                .filter(neuron -> !isNormalised(graph, neuron))
                .toList();
        this.unmeasured = graph.neurons().stream()
                .filter(neuron -> isNormalised(graph, neuron))
                .toList();
    }

    /** Whether what a neuron reads comes from a batch normalisation, or is a sum with one. */
    private static boolean isNormalised(Graph graph, Node neuron) {
        return neuron.inputs().stream()
                .map(graph::node)
                .anyMatch(source -> source.op() instanceof Op.BatchNorm
                        || source.op() instanceof Op.Add && isNormalised(graph, source));
    }

    @Override
    public PlannedObjective plan(StepScalars numbers, Graph graph) {
        return new Planned(numbers);
    }

    @Override
    public boolean usesRateGradients() {
        return !measured.isEmpty();
    }

    /** The loss, and eta of each layer: those that are measured first. */
    private final class Planned implements PlannedObjective {
        private final LabelLoss labels;
        private final StepScalar etas;

        Planned(StepScalars numbers) {
            this.labels = new LabelLoss(backend, smoothing, numbers);
            this.etas = numbers.result("penalties", measured.size() + normalisations.size());
        }

        private PenaltyWeight penalty() {
            return new PenaltyWeight(penalty.weight(), labels.crossEntropy(), Math.max(1, etas.count()));
        }

        @Override
        public void apply(Executor student, DeviceBuffer labelsOfBatch) {
            labels.apply(student, labelsOfBatch);
            for (int index = 0; index < measured.size(); index++) {
                Node neuron = measured.get(index);
                int channels = student.graph().shape(neuron.name()).extent(-1);
                backend.training()
                        .variancePenalty(
                                new PenaltyLayout(
                                        penalty.grouping(), student.neurons(neuron) / channels, channels, EPSILON),
                                student.rate(neuron.name()),
                                penalty(),
                                student.rateGradient(neuron.name()),
                                etas.buffer(index),
                                student.scratch());
            }
            if (usesRateGradients()) {
                unmeasured.forEach(neuron -> backend.memory().fill(student.rateGradient(neuron.name()), 0));
            }
        }

        @Override
        public void after(Executor student) {
            ParameterStore store = student.parameters();
            for (int index = 0; index < normalisations.size(); index++) {
                Node node = normalisations.get(index);
                backend.training()
                        .batchNormPenalty(
                                store.batchNorm(node),
                                penalty(),
                                store.batchNormGradients(node),
                                etas.buffer(measured.size() + index),
                                student.graph().shape(node.name()).extent(-1),
                                PARAMETER_EPSILON);
            }
        }

        @Override
        public StepLoss loss() {
            for (int index = 0; index < measured.size(); index++) {
                requireFinite(index, measured.get(index));
            }
            StepLoss loss = labels.loss();
            if (!Double.isFinite(loss.loss())) {
                return loss; // to be told by its own name, though penalties follow it
            }
            for (int index = 0; index < normalisations.size(); index++) {
                requireFinite(measured.size() + index, normalisations.get(index));
            }
            int layers = etas.count();
            return new StepLoss(loss.loss() + layers * penalty().share(loss.loss()), loss.correct());
        }

        private void requireFinite(int index, Node layer) {
            if (!Double.isFinite(etas.get(index))) {
                throw new NotFiniteException("the variance penalty of layer '" + layer.name() + "'");
            }
        }
    }
}
