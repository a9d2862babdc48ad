package org.ambispike.neuron;

/**
 * How a spiking neuron keeps its membrane potential. In all of them x(t) is the drive in the ANN's units, P = thetaP,
 * N = thetaN / alpha, firing subtracts the threshold (soft reset), and the emitted value is +thetaP for a positive and
 * -thetaN for a negative spike.
 */
public enum NeuronModel {
    /**
     * Two membranes, both fed the full drive (eq. 19-20, repaired): u+ fires when u+ &gt; P, u- when u- &lt; -N. The
     * mean emitted value tends to clip(f(mean drive)) for any N and any order of arrivals. Both may fire in one step.
     */
    PAIR,
    /** One membrane that fires both ways (eq. 11-14, sign repaired); exact only while one polarity fires. */
    SINGLE,
    /** One membrane, positive spikes only (eq. 1-3): a plain integrate-and-fire neuron. */
    INTEGRATE_AND_FIRE;

    /** The most quanta that an augmented spike (Yu et al., 2022) may have: it is worth as many single ones. */
    public static final int MAX_QUANTA = 255;

    /** @throws IllegalArgumentException if the number is not in [1, {@link #MAX_QUANTA}] */
    public static void requireQuanta(int quanta) {
        if (quanta < 1 || quanta > MAX_QUANTA) {
            throw new IllegalArgumentException("a spike has 1 to " + MAX_QUANTA + " quanta, got " + quanta);
        }
    }
}
