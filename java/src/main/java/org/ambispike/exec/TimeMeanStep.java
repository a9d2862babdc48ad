package org.ambispike.exec;

import org.ambispike.backend.Backend;
import org.ambispike.exec.MemoryPlan.Slot;

/** The last layer does not fire: the logits after t steps are its mean drive over them. */
final class TimeMeanStep implements Step {
    private final Backend backend;
    private final long count;
    private final int steps;
    private final Slot drive;
    private final Slot logits;
    private Slot driveGradient;
    private Slot logitsGradient;

    TimeMeanStep(Backend backend, long count, int steps, Slot drive, Slot logits) {
        this.backend = backend;
        this.count = count;
        this.steps = steps;
        this.drive = drive;
        this.logits = logits;
    }

    void gradients(Slot ofDrive, Slot ofLogits) {
        driveGradient = ofDrive;
        logitsGradient = ofLogits;
    }

    @Override
    public void forward() {
        backend.runningMean(drive.buffer(), logits.buffer(), count, steps);
    }

    @Override
    public void backward() {
        backend.spreadMean(logitsGradient.buffer(), driveGradient.buffer(), count, steps);
    }
}
