package org.ambispike.check;

import java.util.ArrayList;
import java.util.List;
import org.ambispike.backend.Backend;
import org.ambispike.backend.DeviceBuffer;
import org.ambispike.backend.ParameterUpdate;

/** Steps of both optimisers and of the moving average, and the norm that clips gradients. */
final class OptimiserWork {
    private static final int COUNT = 1003;
    private static final int STEPS = 3;

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
                DeviceBuffer norm = space.bytes("norm", Double.BYTES);
                DeviceBuffer scratch = space.bytes("scratch", backend.scratchBytes(1));
                for (int step = 1; step <= STEPS; step++) {
                    DeviceBuffer gradients = space.gaussian("gradients", COUNT);
                    ParameterUpdate update = new ParameterUpdate(0.01, 0.1, 0.05, 0.5, logSpace, step);
                    backend.sumOfSquares(gradients, norm, scratch);
                    backend.sgd(update, first, gradients, momentum, 0.9, true);
                    backend.adamW(update, second, gradients, firstMoment, secondMoment, 0.9, 0.999, 1e-8);
                    backend.movingAverage(average, first, 0.9);
                }
                for (DeviceBuffer result : List.of(first, second, average, momentum, firstMoment, secondMoment)) {
                    results.add(space.floats(result));
                }
                results.add(space.doubles(norm));
            }
        }
        return results;
    }
}
