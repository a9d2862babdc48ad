package org.ambispike.device;

import java.util.List;
import org.ambispike.backend.Backend;
import org.ambispike.backend.BatchNormGradients;
import org.ambispike.backend.BatchNormLayout;
import org.ambispike.backend.BatchNormParameters;
import org.ambispike.backend.DeviceBuffer;
import org.ambispike.backend.RateBuffers;
import org.ambispike.backend.SoftmaxBuffers;
import org.ambispike.backend.SoftmaxLoss;
import org.ambispike.common.RateLoss;

/** What training needs beside layers: losses and batch normalisation. */
final class TrainingWork {
    private static final int ROWS = 37;
    private static final int CLASSES = 10;
    private static final int CHANNELS = 24;

    private TrainingWork() {}

    static List<float[]> losses(Backend backend) {
        try (Workspace space = new Workspace(backend, 2)) {
            int count = ROWS * CLASSES;
            int[] classes = new int[ROWS];
            for (int row = 0; row < ROWS; row++) {
                classes[row] = space.below(CLASSES);
            }
            DeviceBuffer logits = space.gaussian("logits", count);
            DeviceBuffer labels = space.upload("labels", classes);
            DeviceBuffer teacher = space.gaussian("teacher", count);
            DeviceBuffer gradLogits = space.result("gradLogits", count);
            DeviceBuffer ofLogits = space.bytes("loss of logits", 3L * Double.BYTES);
            DeviceBuffer factor = space.upload("factor", 0.8);
            SoftmaxLoss loss = new SoftmaxLoss(0.5, 0.1, 2, 3);
            backend.training()
                    .softmaxLoss(
                            loss,
                            new SoftmaxBuffers(logits, labels, teacher, factor, gradLogits, ofLogits),
                            ROWS,
                            CLASSES);
            DeviceBuffer rate = space.gaussian("rate", count);
            DeviceBuffer gradRate = space.result("gradRate", count);
            DeviceBuffer ofRates = space.bytes("loss of rates", 2L * Double.BYTES);
            DeviceBuffer scratch = space.bytes("scratch", backend.memory().scratchBytes(1));
            backend.training()
                    .rateLoss(
                            RateLoss.MSE,
                            new RateBuffers(rate, teacher, factor, gradRate, ofRates),
                            scratch,
                            count,
                            1e-6,
                            0.5);
            return List.of(
                    space.floats(gradLogits), space.doubles(ofLogits), space.floats(gradRate), space.doubles(ofRates));
        }
    }

    static List<float[]> normalisation(Backend backend) {
        try (Workspace space = new Workspace(backend, 3)) {
            long count = (long) ROWS * CHANNELS;
            BatchNormLayout layout = new BatchNormLayout(ROWS, CHANNELS, 1e-5, 0.1);
            BatchNormParameters parameters = parameters(space);
            BatchNormParameters gradients = parameters(space);
            DeviceBuffer x = space.gaussian("x", count);
            DeviceBuffer y = space.result("y", count);
            DeviceBuffer later = space.result("later y", count);
            DeviceBuffer statistics = space.result("statistics", 2L * CHANNELS);
            DeviceBuffer gradX = space.result("gradX", count);
            DeviceBuffer scratch = space.bytes("scratch", backend.memory().scratchBytes(CHANNELS));
            backend.training().batchNormTraining(layout, x, parameters, statistics, y, scratch);
            BatchNormGradients all = new BatchNormGradients(space.gaussian("gradY", count), gradX, gradients);
            backend.training().batchNormBackward(layout, x, parameters, statistics, all, scratch);
            backend.training().batchNormInference(layout, x, parameters, later, scratch);
            return List.of(
                    space.floats(y),
                    space.floats(later),
                    space.floats(gradX),
                    space.floats(gradients.gamma()),
                    space.floats(gradients.beta()),
                    space.floats(parameters.mean()),
                    space.floats(parameters.variance()));
        }
    }

    private static BatchNormParameters parameters(Workspace space) {
        return new BatchNormParameters(
                space.uniform("gamma", CHANNELS, 0.5, 1.5),
                space.gaussian("beta", CHANNELS),
                space.gaussian("mean", CHANNELS),
                space.uniform("variance", CHANNELS, 0.5, 1.5));
    }
}
