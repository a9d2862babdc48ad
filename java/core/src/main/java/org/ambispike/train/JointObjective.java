package org.ambispike.train;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.ambispike.backend.Backend;
import org.ambispike.backend.DeviceBuffer;
import org.ambispike.backend.RateBuffers;
import org.ambispike.backend.SoftmaxBuffers;
import org.ambispike.backend.SoftmaxLoss;
import org.ambispike.common.RateLoss;
import org.ambispike.exec.Executor;
import org.ambispike.graph.Graph;
import org.ambispike.graph.Node;

/**
 * The loss of joint calibration (eq. 26): all layers' rates against the teacher's activations and the logits against
 * the teacher's and the labels, weighted by layer and progress; of a network without classes, the squared relative error of all
 * results. The student is spiking, or an ANN whose activations are rounded (T = 1).
 */
final class JointObjective implements Objective {
    private final Backend backend;
    private final Executor teacher;
    private final CalibrationTarget target;
    private final CalibrationLoss loss;

    /** @param teacher planned for inference with rates, for at least the students' batch; stays the caller's */
    JointObjective(Backend backend, Executor teacher, CalibrationTarget target) {
        this.backend = backend;
        this.teacher = teacher;
        this.target = target;
        this.loss = target.loss();
    }

    @Override
    public PlannedObjective plan(StepScalars numbers, Graph graph) {
        return new Planned(numbers, graph);
    }

    @Override
    public boolean usesRateGradients() {
        return loss.rates().isPresent();
    }

    /** The weights of all layers, of which the logits are the last, and their losses. */
    private final class Planned implements PlannedObjective {
        private final SoftmaxLoss ofLogits =
                new SoftmaxLoss(loss.labelWeight(), loss.smoothing(), loss.teacherWeight(), loss.temperature());
        private final List<StepScalar> phi = new ArrayList<>();
        private final List<LayerLoss> layers = new ArrayList<>();
        private final boolean hasClasses;
        private final StepScalar result;

        Planned(StepScalars numbers, Graph graph) {
            List<Node> neurons = graph.neurons();
            this.hasClasses = graph.hasClasses();
            for (int layer = 0; layer <= neurons.size(); layer++) {
                phi.add(numbers.input("phi " + layer, 1));
            }
            this.result = numbers.result("loss", 3);
            loss.rates().ifPresent(kind -> plan(kind, numbers, neurons));
        }

        private void plan(RateLoss kind, StepScalars numbers, List<Node> neurons) {
            for (int layer = 0; layer < neurons.size(); layer++) {
                LayerLoss.Weight weight = new LayerLoss.Weight(loss.rateWeight(), Optional.of(phi.get(layer)));
                layers.add(new LayerLoss(backend, teacher, kind, neurons.get(layer), weight, numbers));
            }
        }

        private StepScalar last() {
            return phi.get(phi.size() - 1);
        }

        @Override
        public void begin(Executor student, TrainingBatch batch) {
            student.kappa(target.kappa().at(batch.progress()));
            teacher.input(batch.images(), batch.count());
            double[] weights = target.weighting().weights(phi.size(), batch.progress());
            for (int layer = 0; layer < weights.length; layer++) {
                phi.get(layer).set(0, weights[layer]);
            }
            if (loss.rates().isEmpty()) {
                last().set(0, 1);
            }
        }

        @Override
        public void before(Executor student) {
            PlannedObjective.handImages(teacher, student);
            teacher.forward();
        }

        @Override
        public void apply(Executor student, DeviceBuffer labels) {
            if (hasClasses) {
                logits(student, labels);
            } else {
                results(student);
            }
            layers.forEach(layer -> layer.apply(student));
        }

        private void results(Executor student) {
            long values = (long) student.options().batch() * student.graph().classes();
            backend.training()
                    .rateLoss(
                            RateLoss.MSE,
                            new RateBuffers(
                                    student.finalLogits(),
                                    // a teacher may have room for more images
                                    teacher.finalLogits().slice("wanted results", 0, values),
                                    last().buffer(),
                                    student.logitsGradient(),
                                    result.buffer()),
                            student.scratch(),
                            values,
                            0,
                            1);
        }

        private void logits(Executor student, DeviceBuffer labels) {
            backend.training()
                    .softmaxLoss(
                            ofLogits,
                            new SoftmaxBuffers(
                                    student.finalLogits(),
                                    labels,
                                    teacher.finalLogits(),
                                    last().buffer(),
                                    student.logitsGradient(),
                                    result.buffer()),
                            student.options().batch(),
                            student.graph().classes());
        }

        @Override
        public StepLoss loss() {
            double outer = hasClasses
                    ? loss.labelWeight() * result.get(0) + loss.teacherWeight() * result.get(1)
                    : result.get(0);
            double total = last().get(0) * outer;
            for (LayerLoss layer : layers) {
                total += layer.value();
            }
            return new StepLoss(total, hasClasses && loss.labelWeight() > 0 ? result.get(2) : Double.NaN);
        }
    }
}
