package org.ambispike.graph;

/**
 * The values of a neuron's spikes as whole multiples of one level, for spikes that are stored as bytes. A positive spike
 * keeps its value; a negative one gets the nearest there is.
 *
 * @param positive levels of a positive spike
 * @param negative levels of a negative spike, a magnitude
 * @param unit what one level is worth, in units of the thresholds
 */
public record SpikeLevels(int positive, int negative, double unit) {
    /**
     * The fraction negative / positive nearest to thetaN / thetaP, with the smallest terms.
     *
     * @param thetaPositive above 0
     * @param thetaNegative at least 0
     * @param most the largest of either number, at least 1
     */
    public static SpikeLevels nearest(double thetaPositive, double thetaNegative, int most) {
        if (!(thetaPositive > 0) || !(thetaNegative >= 0) || most < 1) {
            throw new IllegalArgumentException(
                    "levels need thetaP > 0, thetaN >= 0 and at least one level, got thetaP = " + thetaPositive
                            + ", thetaN = " + thetaNegative + ", " + most + " levels");
        }
        double ratio = thetaNegative / thetaPositive;
        SpikeLevels best = of(thetaPositive, 1, (int) Math.min(most, Math.rint(ratio)));
        for (int positive = 2; positive <= most; positive++) {
            double negative = Math.rint(positive * ratio);
            if (negative <= most) {
                SpikeLevels next = of(thetaPositive, positive, (int) negative);
                best = next.error(ratio) < best.error(ratio) ? next : best;
            }
        }
        return best;
    }

    /**
     * As many levels as there can be, for spikes whose levels are to be multiplied and rounded.
     *
     * @param thetaPositive above 0
     * @param thetaNegative at least 0
     * @param most the largest of either number, at least 1
     */
    public static SpikeLevels finest(double thetaPositive, double thetaNegative, int most) {
        double ratio = thetaNegative / thetaPositive;
        int positive = (int) Math.max(1, ratio > 1 ? most / ratio : most);
        return of(thetaPositive, positive, (int) Math.min(most, Math.rint(positive * ratio)));
    }

    private static SpikeLevels of(double thetaPositive, int positive, int negative) {
        return new SpikeLevels(positive, negative, thetaPositive / positive);
    }

    private double error(double ratio) {
        return Math.abs((double) negative / positive - ratio);
    }
}
