package org.ambispike.calibrate;

import java.util.List;
import org.ambispike.backend.Backend;
import org.ambispike.backend.DeviceBuffer;
import org.ambispike.backend.SoftmaxLoss;
import org.ambispike.exec.Executor;
import org.ambispike.graph.Node;
import org.ambispike.train.Objective;
import org.ambispike.train.StepLoss;
import org.ambispike.train.TrainingBatch;

/**
 * The loss of joint calibration (eq. 26): all layers' rates against the teacher's activations and the logits against
 * the teacher's and the labels, weighted by layer and progress. The student is spiking, or an ANN whose activations are
 * rounded (T = 1).
 */
public final class JointObjective implements Objective {
    private final Backend backend;
    private final Executor teacher;
    private final CalibrationLoss loss;
    private final LayerWeighting weighting;
    private final KappaSchedule kappa;
    private final DeviceBuffer result;
    private final double[] logitValues = new double[3];
    private final LayerLoss layerLoss;

    /** @param teacher planned for inference with rates, for at least the students' batch; stays the caller's */
    public JointObjective(
            Backend backend, Executor teacher, CalibrationLoss loss, LayerWeighting weighting, KappaSchedule kappa) {
        this.backend = backend;
        this.teacher = teacher;
        this.loss = loss;
        this.weighting = weighting;
        this.kappa = kappa;
        this.result = backend.allocate("loss", 3L * Double.BYTES);
        this.layerLoss = new LayerLoss(backend, teacher);
    }

    @Override
    public void before(Executor student, TrainingBatch batch) {
        student.kappa(kappa.at(batch.progress()));
        teacher.input(batch.images(), batch.count());
        teacher.forward();
    }

    @Override
    public StepLoss apply(Executor student, TrainingBatch batch) {
        List<Node> neurons = student.graph().neurons();
        int layers = neurons.size() + 1;
        double[] phi = weighting.weights(layers, batch.progress());
        double last = loss.rates().isPresent() ? phi[layers - 1] : 1;
        backend.softmaxLoss(
                new SoftmaxLoss(
                        last * loss.labelWeight(), loss.smoothing(), last * loss.teacherWeight(), loss.temperature()),
                student.finalLogits(),
                batch.labels(),
                teacher.finalLogits(),
                student.logitsGradient(),
                result,
                batch.count(),
                student.graph().classes());
        backend.download(result, logitValues);
        double total = last * (loss.labelWeight() * logitValues[0] + loss.teacherWeight() * logitValues[1]);
        if (loss.rates().isPresent()) {
            for (int layer = 0; layer < neurons.size(); layer++) {
                total += layerLoss.apply(
                        loss.rates().get(), student, neurons.get(layer), phi[layer] * loss.rateWeight());
            }
        }
        return new StepLoss(total, logitValues[2]);
    }

    @Override
    public boolean usesRateGradients() {
        return loss.rates().isPresent();
    }

    @Override
    public void close() {
        layerLoss.close();
        result.close();
    }
}
