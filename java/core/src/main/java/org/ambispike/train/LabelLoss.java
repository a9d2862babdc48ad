package org.ambispike.train;

import org.ambispike.backend.Backend;
import org.ambispike.backend.DeviceBuffer;
import org.ambispike.backend.SoftmaxBuffers;
import org.ambispike.backend.SoftmaxLoss;
import org.ambispike.exec.Executor;

/** The cross-entropy of a batch with its labels. */
final class LabelLoss implements PlannedObjective {
    private final Backend backend;
    private final SoftmaxLoss loss;
    private final StepScalar result;

    LabelLoss(Backend backend, double smoothing, StepScalars numbers) {
        this.backend = backend;
        this.loss = SoftmaxLoss.labels(smoothing);
        this.result = numbers.result("loss", 3);
    }

    /** The mean over the images, [1] double. */
    DeviceBuffer crossEntropy() {
        return result.buffer(0);
    }

    @Override
    public void apply(Executor student, DeviceBuffer labels) {
        backend.training()
                .softmaxLoss(
                        loss,
                        new SoftmaxBuffers(
                                student.finalLogits(),
                                labels,
                                DeviceBuffer.absent(),
                                DeviceBuffer.absent(),
                                student.logitsGradient(),
                                result.buffer()),
                        student.options().batch(),
                        student.graph().classes());
    }

    @Override
    public StepLoss loss() {
        return new StepLoss(result.get(0), result.get(2));
    }
}
