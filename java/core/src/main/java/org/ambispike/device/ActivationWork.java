package org.ambispike.device;

import java.util.ArrayList;
import java.util.List;
import org.ambispike.backend.ActivationGradients;
import org.ambispike.backend.ActivationLayout;
import org.ambispike.backend.Backend;
import org.ambispike.backend.DeviceBuffer;
import org.ambispike.graph.Op.ActivationKind;

/** Layers of ANN neurons of every kind, and dropout. */
final class ActivationWork {
    private static final long ROWS = 37;
    private static final int[] CHANNELS = {3, 64};
    private static final int LEVELS = 4;

    private ActivationWork() {}

    private static List<ActivationLayout> layouts() {
        List<ActivationLayout> layouts = new ArrayList<>();
        for (ActivationKind kind : ActivationKind.values()) {
            for (int channels : CHANNELS) {
                boolean rounds = kind == ActivationKind.QUANTISED;
                layouts.add(new ActivationLayout(kind, rounds ? LEVELS : 0, ROWS, channels, rounds ? 0.75 : 0));
            }
        }
        return layouts;
    }

    static List<float[]> forward(Backend backend) {
        List<float[]> results = new ArrayList<>();
        for (ActivationLayout layout : layouts()) {
            try (Workspace space = new Workspace(backend, layout.channels())) {
                DeviceBuffer x = space.gaussian("x", ROWS * layout.channels());
                DeviceBuffer y = space.result("y", ROWS * layout.channels());
                backend.neurons().activationForward(layout, x, parameters(space, layout), y);
                results.add(space.floats(y));
            }
        }
        return results;
    }

    static List<float[]> backward(Backend backend) {
        List<float[]> results = new ArrayList<>();
        for (ActivationLayout layout : layouts()) {
            try (Workspace space = new Workspace(backend, layout.channels())) {
                long count = ROWS * layout.channels();
                boolean clips = layout.kind() != ActivationKind.LEAKY;
                DeviceBuffer x = space.gaussian("x", count);
                DeviceBuffer parameters = parameters(space, layout);
                DeviceBuffer gradY = space.gaussian("gradY", count);
                DeviceBuffer gradExtra = space.gaussian("gradExtra", count);
                DeviceBuffer gradX = space.result("gradX", count);
                DeviceBuffer gradParameters =
                        clips ? space.result("gradParameters", 2L * layout.channels()) : DeviceBuffer.absent();
                DeviceBuffer scratch = space.bytes("scratch", backend.memory().scratchBytes(layout.channels()));
                backend.neurons()
                        .activationBackward(
                                layout,
                                x,
                                parameters,
                                new ActivationGradients(gradY, gradExtra, gradX, gradParameters),
                                scratch);
                results.add(space.floats(gradX));
                if (clips) {
                    results.add(space.floats(gradParameters));
                }
            }
        }
        return results;
    }

    /** [3, channels]: thetaP, thetaN and the slopes; of LEAKY the slopes alone. */
    private static DeviceBuffer parameters(Workspace space, ActivationLayout layout) {
        long rows = layout.kind() == ActivationKind.LEAKY ? 1 : 3;
        return space.uniform("parameters", rows * layout.channels(), 0.1, 0.9);
    }

    /** A mask that seed and index alone decide. */
    static List<float[]> dropout(Backend backend) {
        try (Workspace space = new Workspace(backend, 1)) {
            long count = ROWS * CHANNELS[1];
            DeviceBuffer x = space.gaussian("x", count);
            DeviceBuffer y = space.result("y", count);
            // two 64-bit integers, little end first: the seed, and an offset that carries over
            backend.training().dropout(x, y, space.upload("seed", 7, 0, -5, 0), count, 0.3, 11);
            return List.of(space.floats(y));
        }
    }
}
