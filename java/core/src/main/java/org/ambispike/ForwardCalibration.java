package org.ambispike;

/**
 * How a spiking network is calibrated without gradients or labels: by passes of unlabelled images, layer by layer. A value.
 *
 * @param timeSteps the number of time steps T that it is to be good at
 * @param images how many of the context's images are taken, the first ones; all, if there are fewer
 */
public record ForwardCalibration(int timeSteps, int images) {
    /** Enough for most networks: more have changed little where it was measured. */
    public static final int IMAGES = 128;

    /** @throws IllegalArgumentException if T or images are below 1 */
    public ForwardCalibration {
        if (timeSteps < 1 || images < 1) {
            throw new IllegalArgumentException("calibration needs T and images of at least 1, got T = " + timeSteps
                    + " and " + images + " images");
        }
    }

    /** Returns the settings that do well on most networks. */
    public static ForwardCalibration forTimeSteps(int timeSteps) {
        return new ForwardCalibration(timeSteps, IMAGES);
    }

    /** Returns the same with so many images. */
    public ForwardCalibration withImages(int other) {
        return new ForwardCalibration(timeSteps, other);
    }
}
