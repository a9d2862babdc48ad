package org.ambispike.backend;

/**
 * What changes from one update of parameters to the next. It lies on the device, where the update reads it when it runs.
 *
 * @param schedule [3] doubles, as {@link #schedule(double, double, double, long)} has them
 * @param clip [2] doubles, as {@link OptimizerKernels#clip} leaves them: the factor on gradients, and 1; or 0 for that, and then an update
 *     changes nothing
 */
public record UpdateStep(DeviceBuffer schedule, DeviceBuffer clip) {
    /** Doubles of a schedule. */
    public static final int SCHEDULE_NUMBERS = 3;

    /** Doubles that say how gradients are clipped. */
    public static final int CLIP_NUMBERS = 2;

    /**
     * The numbers of a schedule: the factor on learning rates, and by what AdamW's moments are too small for having begun
     * at 0.
     *
     * @param step 1 for the first
     */
    public static double[] schedule(double rateFactor, double beta1, double beta2, long step) {
        return new double[] {rateFactor, 1 - Math.pow(beta1, step), 1 - Math.pow(beta2, step)};
    }
}
