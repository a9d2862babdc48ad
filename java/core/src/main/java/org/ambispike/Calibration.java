package org.ambispike;

import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import org.ambispike.common.RateLoss;
import org.ambispike.data.Augmentation;
import org.ambispike.graph.ParameterRole;
import org.ambispike.train.CalibrationLoss;
import org.ambispike.train.CalibrationTarget;
import org.ambispike.train.Fit;
import org.ambispike.train.KappaSchedule;
import org.ambispike.train.LayerWeighting;
import org.ambispike.train.OptimizerSettings;
import org.ambispike.train.RoleSettings;
import org.ambispike.train.Schedule;

/**
 * How a spiking network is calibrated. A value.
 *
 * @param timeSteps the numbers of time steps T that it is to be good at, ascending; they take turns
 * @param fit how it goes through the images
 * @param target what is learnt from the teacher
 * @param layerwise whether layers are calibrated one after another, for one T, rather than jointly; thresholds stay as they are
 *     then, and of the target only the loss of rates and kappa count
 */
public record Calibration(List<Integer> timeSteps, Fit fit, CalibrationTarget target, boolean layerwise) {
    private static final int EPOCHS = 5;
    private static final int STEPS = 200;
    private static final int BATCH = 128;
    private static final double RATE = 1e-3;

    /** @throws IllegalArgumentException if there is no T, one is below 1, or layers are to be calibrated for several */
    public Calibration {
        timeSteps = timeSteps.stream().sorted().distinct().toList();
        if (timeSteps.isEmpty() || timeSteps.get(0) < 1) {
            throw new IllegalArgumentException("calibration needs time steps of at least 1, got " + timeSteps);
        }
        if (layerwise && timeSteps.size() != 1) {
            throw new IllegalArgumentException("layers are calibrated one after another for one T; got " + timeSteps);
        }
    }

    /**
     * Returns the settings that do well on most networks: 5 epochs of 200 steps of 128 images as they are, all layers jointly,
     * with AdamW.
     */
    public static Calibration forTimeSteps(int... timeSteps) {
        CalibrationLoss loss = new CalibrationLoss(Optional.of(RateLoss.MSE), 0.3, 3, 2, 0.5, 0);
        return new Calibration(
                Arrays.stream(timeSteps).boxed().toList(),
                new Fit(EPOCHS, STEPS, BATCH, optimizer(RATE), Schedule.COSINE, 0.99, Augmentation.none()),
                new CalibrationTarget(loss, LayerWeighting.AVERAGE, KappaSchedule.PAPER),
                false);
    }

    /** Returns AdamW with a peak learning rate of weights and biases, and lower ones of thresholds and potentials. */
    public static OptimizerSettings optimizer(double rate) {
        return OptimizerSettings.adamW(Map.of(
                ParameterRole.WEIGHTS, RoleSettings.plain(rate, 0),
                ParameterRole.BIASES, RoleSettings.plain(rate, 0),
                ParameterRole.THRESHOLDS, RoleSettings.relative(1e-2, 0),
                ParameterRole.POTENTIALS, RoleSettings.plain(3e-3, 0)));
    }

    public Calibration with(Fit other) {
        return new Calibration(timeSteps, other, target, layerwise);
    }

    public Calibration with(CalibrationTarget other) {
        return new Calibration(timeSteps, fit, other, layerwise);
    }

    /** Returns the same for so many epochs. */
    public Calibration withEpochs(int epochs) {
        return with(fit.withEpochs(epochs));
    }

    /** Returns the same with so many images a step. */
    public Calibration withBatch(int images) {
        return with(fit.withBatch(images));
    }

    /** Returns the name of the stage in progress, metrics and checkpoints, for example {@code calibrate-T2+4}. */
    public String stage() {
        return timeSteps.stream().map(String::valueOf).collect(Collectors.joining("+", "calibrate-T", ""));
    }
}
