package org.ambispike.train;

import org.ambispike.backend.DeviceBuffer;
import org.ambispike.exec.Executor;

/**
 * An objective at work. The host begins a step and learns its loss at the end; what is between is done by the device, may be
 * captured, and is called again only where it is not: what differs from step to step lies in buffers. Used by the backend's
 * thread.
 */
interface PlannedObjective {
    /** Uploads the images, and sets the numbers of this step. */
    default void begin(Executor student, TrainingBatch batch) {
        student.input(batch.images(), batch.count());
    }

    /** Gives a student the images that were uploaded for its teacher, whose batch is at least as large; before the teacher's pass. */
    static void handImages(Executor teacher, Executor student) {
        int batch = student.options().batch();
        long values = batch * student.graph().inputShape().elements();
        student.input(teacher.images().slice(teacher.images().label(), 0, values), batch);
    }

    /** Work before the student's forward pass. */
    default void before(Executor student) {}

    /**
     * Work after the forward pass: writes {@link Executor#logitsGradient} and, where the student was planned with
     * them, all {@link Executor#rateGradient}s.
     *
     * @param labels [batch] 32-bit integers
     */
    void apply(Executor student, DeviceBuffer labels);

    /** Work after the backward pass; may add to the gradients of parameters. */
    default void after(Executor student) {}

    /**
     * What the step came to, from the numbers that the device left.
     *
     * @throws NotFiniteException naming a term of the loss
     */
    StepLoss loss();
}
