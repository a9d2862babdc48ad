package org.ambispike.device;

import java.util.ArrayList;
import java.util.List;
import org.ambispike.backend.Backend;
import org.ambispike.backend.DeviceBuffer;
import org.ambispike.backend.ParameterUpdate;
import org.ambispike.backend.UpdateStep;

/** Steps of all optimisers and of the moving average, and the norm that clips gradients. */
final class OptimiserWork {
    private static final int COUNT = 1003;
    private static final int STEPS = 3;
    private static final double BETA1 = 0.9;
    private static final double BETA2 = 0.999;
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
                DeviceBuffer norm = space.bytes("norm", Double.BYTES);
                DeviceBuffer clip = space.bytes("clip", (long) UpdateStep.CLIP_NUMBERS * Double.BYTES);
                DeviceBuffer decay = space.upload("decay", 0.9);
                DeviceBuffer scratch = space.bytes("scratch", backend.scratchBytes(1));
                for (int step = 1; step <= STEPS; step++) {
                    DeviceBuffer gradients = space.gaussian("gradients", COUNT);
                    double[] numbers = UpdateStep.schedule(0.7, BETA1, BETA2, step);
                    UpdateStep now = new UpdateStep(space.upload("schedule", numbers), clip);
                    ParameterUpdate update = new ParameterUpdate(0.01, 0.1, 0.05, logSpace);
                    backend.sumOfSquares(gradients, norm, scratch);
                    backend.clip(decay, norm, MOST_NORM, clip);
                    backend.sgd(update, now, first, gradients, momentum, 0.9, true);
                    backend.adamW(update, now, second, gradients, firstMoment, secondMoment, BETA1, BETA2, 1e-8);
                    backend.nesterov(gradients, muon, direction, 0.95, clip);
                    backend.sumOfSquares(direction, norm, scratch);
                    backend.unit(direction, norm);
                    backend.muonMove(update, now, third, direction, 0.2);
                    backend.movingAverage(average, first, decay, clip);
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
