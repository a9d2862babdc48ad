package org.ambispike.train;

import java.util.List;
import java.util.Optional;
import org.ambispike.backend.Backend;
import org.ambispike.backend.DeviceBuffer;
import org.ambispike.common.RateLoss;
import org.ambispike.exec.Executor;
import org.ambispike.graph.Graph;
import org.ambispike.graph.Node;

/**
 * The loss of one block by itself: its neurons' rates against the ANN's activations, where the block reads what the ANN
 * has at its input. The ANN computes both anew for each batch, for inputs of all images would not fit into memory.
 */
final class BlockObjective implements Objective {
    private final Backend backend;
    private final Executor teacher;
    private final LayerBlock block;
    private final CalibrationTarget target;

    /** @param teacher the ANN up to the block's end, planned for inference with rates and the same batch; the caller's */
    BlockObjective(Backend backend, Executor teacher, LayerBlock block, CalibrationTarget target) {
        this.backend = backend;
        this.teacher = teacher;
        this.block = block;
        this.target = target;
    }

    @Override
    public PlannedObjective plan(StepScalars numbers, Graph graph) {
        return new Planned(numbers, graph.neurons());
    }

    @Override
    public boolean usesRateGradients() {
        return true;
    }

    /** The losses of the block's layers, of which each has an equal share. */
    private final class Planned implements PlannedObjective {
        private final List<LayerLoss> layers;

        Planned(StepScalars numbers, List<Node> neurons) {
            RateLoss loss = target.loss().rates().orElse(RateLoss.MSE);
            LayerLoss.Weight weight = new LayerLoss.Weight(1.0 / neurons.size(), Optional.empty());
            this.layers = neurons.stream()
                    .map(neuron -> new LayerLoss(backend, teacher, loss, neuron, weight, numbers))
                    .toList();
        }

        @Override
        public void begin(Executor student, TrainingBatch batch) {
            student.kappa(target.kappa().at(batch.progress()));
            teacher.input(batch.images(), batch.count());
        }

        @Override
        public void before(Executor student) {
            if (block.first()) {
                PlannedObjective.handImages(teacher, student);
            }
            teacher.forward();
            if (!block.first()) {
                student.input(teacher.rate(block.source()), student.options().batch());
            }
        }

        @Override
        public void apply(Executor student, DeviceBuffer labels) {
            backend.memory().fill(student.logitsGradient(), 0);
            layers.forEach(layer -> layer.apply(student));
        }

        @Override
        public StepLoss loss() {
            double total = 0;
            for (LayerLoss layer : layers) {
                total += layer.value();
            }
            return new StepLoss(total, Double.NaN);
        }
    }
}
