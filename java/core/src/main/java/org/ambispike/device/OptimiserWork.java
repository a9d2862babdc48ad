package org.ambispike.device;

import java.util.ArrayList;
import java.util.List;
import org.ambispike.backend.AdamSettings;
import org.ambispike.backend.Backend;
import org.ambispike.backend.DeviceBuffer;
import org.ambispike.backend.ParameterUpdate;
import org.ambispike.backend.Segments;
import org.ambispike.backend.UpdateStep;

/** Steps of all optimisers and of the moving average, and the norm that clips gradients. */
final class OptimiserWork {
    private static final int COUNT = 1003;
    private static final int STEPS = 3;
    private static final AdamSettings ADAM = new AdamSettings(0.9, 0.999, 1e-8);
    /** All but one element, which belongs to none. */
    private static final List<Segments.Range> TENSORS =
            List.of(new Segments.Range(0, 37), new Segments.Range(38, 1), new Segments.Range(39, COUNT - 39));
    /** Less than the gradients have. */
    private static final double MOST_NORM = 10;

    private OptimiserWork() {}

    static List<float[]> steps(Backend backend) {
        List<float[]> results = new ArrayList<>();
        for (boolean logSpace : new boolean[] {false, true}) {
            try (Workspace space = new Workspace(backend, 5)) {
                DeviceBuffer first = space.uniform("first parameters", COUNT, 0.1, 1.1);
                DeviceBuffer second = space.uniform("second parameters", COUNT, 0.1, 1.1);
                DeviceBuffer average = space.uniform("average", COUNT, 0.1, 1.1);
                DeviceBuffer momentum = space.upload("momentum", new float[COUNT]);
                DeviceBuffer firstMoment = space.upload("first moment", new float[COUNT]);
                DeviceBuffer secondMoment = space.upload("second moment", new float[COUNT]);
                DeviceBuffer third = space.uniform("third parameters", COUNT, 0.1, 1.1);
                DeviceBuffer muon = space.upload("momentum of Muon", new float[COUNT]);
                DeviceBuffer direction = space.result("direction", COUNT);
                DeviceBuffer norm = space.bytes("norm", (long) TENSORS.size() * Double.BYTES);
                DeviceBuffer sizes = space.upload("sizes", 0.2, 0.7, 0.4);
                DeviceBuffer clip = space.bytes("clip", (long) UpdateStep.CLIP_NUMBERS * Double.BYTES);
                DeviceBuffer decay = space.upload("decay", 0.9);
                DeviceBuffer scratch = space.bytes("scratch", backend.memory().scratchBytes(TENSORS.size()));
                Segments tensors = space.segments("tensors", TENSORS);
                for (int step = 1; step <= STEPS; step++) {
                    DeviceBuffer gradients = space.gaussian("gradients", COUNT);
                    double[] numbers = UpdateStep.schedule(0.7, ADAM.beta1(), ADAM.beta2(), step);
                    UpdateStep now = new UpdateStep(space.upload("schedule", numbers), clip);
                    ParameterUpdate update = new ParameterUpdate(0.01, 0.1, 0.05, logSpace);
                    backend.optimizer().sumsOfSquares(gradients, tensors, norm, scratch);
                    backend.optimizer().clip(decay, norm, MOST_NORM, clip);
                    backend.optimizer().sgd(update, now, first, gradients, momentum, 0.9, true);
                    backend.optimizer().adamW(update, now, second, gradients, firstMoment, secondMoment, ADAM);
                    backend.optimizer().nesterov(gradients, muon, direction, 0.95, clip);
                    backend.optimizer().sumsOfSquares(direction, tensors, norm, scratch);
                    backend.optimizer().unit(direction, tensors, norm);
                    backend.optimizer().muonMove(update, now, third, direction, tensors, sizes);
                    backend.optimizer().movingAverage(average, first, decay, clip);
                }
                for (DeviceBuffer result :
                        List.of(first, second, third, average, momentum, firstMoment, secondMoment, muon, direction)) {
                    results.add(space.floats(result));
                }
                results.add(space.doubles(norm));
                results.add(space.doubles(clip));
            }
        }
        return results;
    }
}
