package org.ambispike.train;

import org.ambispike.backend.Backend;
import org.ambispike.backend.DeviceBuffer;
import org.ambispike.backend.SoftmaxLoss;
import org.ambispike.exec.Executor;

/** Cross-entropy with the labels. */
public final class LabelObjective implements Objective {
    private final Backend backend;
    private final SoftmaxLoss loss;
    private final DeviceBuffer result;
    private final double[] values = new double[3];

    public LabelObjective(Backend backend, double smoothing) {
        this.backend = backend;
        this.loss = SoftmaxLoss.labels(smoothing);
        this.result = backend.allocate("loss", 3L * Double.BYTES);
    }

    @Override
    public StepLoss apply(Executor student, TrainingBatch batch) {
        backend.softmaxLoss(
                loss,
                student.finalLogits(),
                batch.labels(),
                DeviceBuffer.absent(),
                student.logitsGradient(),
                result,
                batch.count(),
                student.graph().classes());
        backend.download(result, values);
        return new StepLoss(values[0], values[2]);
    }

    @Override
    public void close() {
        result.close();
    }
}
