package org.ambispike.run;

/**
 * Operations and estimated energy of one image at one T.
 *
 * @param timeSteps T
 * @param calibratedFor the T that the network was calibrated for; 0 for none
 * @param synapticOperations accumulations caused by spikes, all layers after the first
 * @param inputMultiplyAccumulates multiply-accumulates of the first layer, done once for all T
 * @param annMultiplyAccumulates of the ANN
 * @param snnNanojoules at {@link #ACCUMULATE_PICOJOULES} and {@link #MULTIPLY_ACCUMULATE_PICOJOULES}
 * @param annNanojoules likewise
 */
public record EnergyEstimate(
        int timeSteps,
        int calibratedFor,
        double synapticOperations,
        double inputMultiplyAccumulates,
        double annMultiplyAccumulates,
        double snnNanojoules,
        double annNanojoules) {
    /** A 32-bit floating-point addition in 45 nm CMOS; M. Horowitz, ISSCC 2014. */
    public static final double ACCUMULATE_PICOJOULES = 0.9;

    /** A 32-bit floating-point multiplication and addition in 45 nm CMOS; M. Horowitz, ISSCC 2014. */
    public static final double MULTIPLY_ACCUMULATE_PICOJOULES = 4.6;
}
