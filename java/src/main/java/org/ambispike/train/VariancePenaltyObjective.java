package org.ambispike.train;

import java.util.List;
import org.ambispike.backend.Backend;
import org.ambispike.backend.DeviceBuffer;
import org.ambispike.backend.PenaltyGrouping;
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
public final class VariancePenaltyObjective implements Objective {
    private static final double EPSILON = 1e-6;
    /** Of parameters, which unlike the mean of many activations may be 0. */
    private static final double PARAMETER_EPSILON = 1e-2;

    private final Backend backend;
    private final LabelObjective labels;
    private final PenaltyGrouping grouping;
    private final double weight;
    private final List<Node> normalisations;
    private final List<Node> measured;
    private final List<Node> unmeasured;
    private final DeviceBuffer result;
    private final double[] eta = new double[1];
    private double share;

    /**
     * For one network.
     *
     * @param graph of the student
     * @param grouping of activations that are measured
     * @param weight 0.1 in the paper
     */
    public VariancePenaltyObjective(
            Backend backend, Graph graph, double smoothing, PenaltyGrouping grouping, double weight) {
        this.backend = backend;
        this.labels = new LabelObjective(backend, smoothing);
        this.grouping = grouping;
        this.weight = weight;
        this.normalisations = graph.nodes().stream()
                .filter(node -> node.op() instanceof Op.BatchNorm)
                .toList();
        this.measured = graph.neurons().stream()
                .filter(neuron -> !isNormalised(graph, neuron))
                .toList();
        this.unmeasured = graph.neurons().stream()
                .filter(neuron -> isNormalised(graph, neuron))
                .toList();
        this.result = backend.allocate("penalty", Double.BYTES);
    }

    /** Whether what a neuron reads comes from a batch normalisation, or is a sum with one. */
    private static boolean isNormalised(Graph graph, Node neuron) {
        return neuron.inputs().stream()
                .map(graph::node)
                .anyMatch(source -> source.op() instanceof Op.BatchNorm
                        || source.op() instanceof Op.Add && isNormalised(graph, source));
    }

    @Override
    public StepLoss apply(Executor student, TrainingBatch batch) {
        StepLoss loss = labels.apply(student, batch);
        int layers = normalisations.size() + measured.size();
        share = weight * Math.abs(loss.loss()) / layers;
        for (Node neuron : measured) {
            int channels = student.graph().shape(neuron.name()).extent(-1);
            DeviceBuffer gradient = student.rateGradient(neuron.name());
            backend.variancePenalty(
                    grouping,
                    student.rate(neuron.name()),
                    gradient,
                    result,
                    student.scratch(),
                    student.neurons(neuron) / channels,
                    channels,
                    EPSILON);
            backend.scale(gradient, finite(neuron) > 0 ? share / eta[0] : 0);
        }
        if (usesRateGradients()) {
            unmeasured.forEach(neuron -> backend.fill(student.rateGradient(neuron.name()), 0));
        }
        return new StepLoss(loss.loss() + layers * share, loss.correct());
    }

    @Override
    public void after(Executor student) {
        ParameterStore store = student.parameters();
        for (Node node : normalisations) {
            backend.batchNormPenalty(
                    store.batchNorm(node),
                    store.batchNormGradients(node),
                    result,
                    student.graph().shape(node.name()).extent(-1),
                    PARAMETER_EPSILON,
                    share);
            finite(node);
        }
    }

    private double finite(Node layer) {
        backend.download(result, eta);
        if (!(eta[0] >= 0) || Double.isInfinite(eta[0])) {
            throw new NotFiniteException("the variance penalty of layer '" + layer.name() + "'");
        }
        return eta[0];
    }

    @Override
    public boolean usesRateGradients() {
        return !measured.isEmpty();
    }

    @Override
    public void close() {
        labels.close();
        result.close();
    }
}
