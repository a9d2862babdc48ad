package org.ambispike.train;

import java.util.List;
import org.ambispike.backend.Backend;
import org.ambispike.backend.DeviceBuffer;
import org.ambispike.backend.PenaltyGrouping;
import org.ambispike.exec.Executor;
import org.ambispike.graph.Node;

/**
 * A loss on the labels plus the variance penalty of eq. 31 on the activations: the total of the layers' eta (eq. 23)
 * with the weight lambda1 = 0.1 |L_c| / eta, detached, so that its gradient is that of 0.1 |L_c| log eta. Each layer
 * has a weight of its own and an equal share.
 */
public final class VariancePenaltyObjective implements Objective {
    private static final double EPSILON = 1e-6;

    private final Backend backend;
    private final LabelObjective labels;
    private final PenaltyGrouping grouping;
    private final double weight;
    private final DeviceBuffer result;
    private final double[] eta = new double[1];

    /** @param weight 0.1 in the paper */
    public VariancePenaltyObjective(Backend backend, double smoothing, PenaltyGrouping grouping, double weight) {
        this.backend = backend;
        this.labels = new LabelObjective(backend, smoothing);
        this.grouping = grouping;
        this.weight = weight;
        this.result = backend.allocate("penalty", Double.BYTES);
    }

    @Override
    public StepLoss apply(Executor student, TrainingBatch batch) {
        StepLoss loss = labels.apply(student, batch);
        List<Node> neurons = student.graph().neurons();
        double share = weight * Math.abs(loss.loss()) / neurons.size();
        double penalty = 0;
        for (Node neuron : neurons) {
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
            backend.download(result, eta);
            if (!(eta[0] >= 0) || Double.isInfinite(eta[0])) {
                throw new NotFiniteException("the variance penalty of layer '" + neuron.name() + "'");
            }
            backend.scale(gradient, eta[0] > 0 ? share / eta[0] : 0);
            penalty += share;
        }
        return new StepLoss(loss.loss() + penalty, loss.correct());
    }

    @Override
    public boolean usesRateGradients() {
        return true;
    }

    @Override
    public void close() {
        labels.close();
        result.close();
    }
}
