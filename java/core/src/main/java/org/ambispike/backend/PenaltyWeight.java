package org.ambispike.backend;

/**
 * What the logarithm of a layer's eta is multiplied by in the variance penalty (eq. 31): weight |loss| / layers, or the weight
 * alone where there is no loss.
 *
 * @param loss [1] double on the device; optional
 * @param layers that share the loss, at least 1
 */
public record PenaltyWeight(double weight, DeviceBuffer loss, int layers) {
    /** A weight that depends on nothing. */
    public static PenaltyWeight fixed(double weight) {
        return new PenaltyWeight(weight, DeviceBuffer.absent(), 1);
    }

    /** The same on the host. */
    public double share(double lossValue) {
        return weight * Math.abs(lossValue) / layers;
    }
}
