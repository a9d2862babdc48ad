package org.ambispike.calibrate;

import java.util.List;
import org.ambispike.backend.Backend;
import org.ambispike.backend.RateLoss;
import org.ambispike.exec.Executor;
import org.ambispike.graph.Node;
import org.ambispike.train.Objective;
import org.ambispike.train.StepLoss;
import org.ambispike.train.TrainingBatch;

/**
 * The loss of one block by itself: its neurons' rates against the ANN's activations, where the block reads what the ANN
 * has at its input. The ANN computes both anew for each batch, for inputs of all images would not fit into memory.
 */
final class BlockObjective implements Objective {
    private final Backend backend;
    private final Executor teacher;
    private final LayerBlock block;
    private final RateLoss loss;
    private final KappaSchedule kappa;
    private final LayerLoss layers;

    /** @param teacher the ANN up to the block's end, planned for inference with rates and the same batch; the caller's */
    BlockObjective(Backend backend, Executor teacher, LayerBlock block, RateLoss loss, KappaSchedule kappa) {
        this.backend = backend;
        this.teacher = teacher;
        this.block = block;
        this.loss = loss;
        this.kappa = kappa;
        this.layers = new LayerLoss(backend, teacher);
    }

    @Override
    public void input(Executor student, TrainingBatch batch) {
        teacher.input(batch.images(), batch.count());
        teacher.forward();
        if (block.first()) {
            student.input(batch.images(), batch.count());
        } else {
            student.input(teacher.rate(block.source()), batch.count());
        }
    }

    @Override
    public void before(Executor student, TrainingBatch batch) {
        student.kappa(kappa.at(batch.progress()));
    }

    @Override
    public StepLoss apply(Executor student, TrainingBatch batch) {
        List<Node> neurons = student.graph().neurons();
        backend.fill(student.logitsGradient(), 0);
        double total = 0;
        for (Node neuron : neurons) {
            total += layers.apply(loss, student, neuron, 1.0 / neurons.size());
        }
        return new StepLoss(total, Double.NaN);
    }

    @Override
    public boolean usesRateGradients() {
        return true;
    }

    @Override
    public void close() {
        layers.close();
    }
}
