package org.ambispike.train;

import org.ambispike.backend.DeviceBuffer;
import org.ambispike.exec.Executor;

/** Images that the host uploaded once, for the teacher, and that its student sees as well. */
final class TeacherImages {
    private TeacherImages() {}

    /** To be called before the teacher's pass. Its batch is at least the student's. */
    static void hand(Executor teacher, Executor student) {
        int batch = student.options().batch();
        DeviceBuffer images = teacher.images();
        student.input(
                images.slice(
                        images.label(), 0, batch * student.graph().inputShape().elements()),
                batch);
    }
}
