package org.ambispike.graph;

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
    INTEGRATE_AND_FIRE,
    /**
     * One membrane and the balance of its spikes: a spike that later drive disproves is taken back by one of the other
     * sign, so that the balance follows the accumulated drive in whatever order that arrives. After Wang et al.,
     * "Signed Neuron with Memory" (IJCAI 2022), with the two thresholds of a Leaky ReLU. A step emits one spike at
     * most, a positive one of +thetaP or +thetaN, or a negative one of -thetaN or -thetaP. Without a slope N is infinite:
     * its only negative spikes take positive ones back.
     */
    MEMORY,
    /**
     * A memory neuron whose spikes of the first steps have gains of their own, which both thresholds are multiplied by: it
     * follows the value that it has emitted, for a spike of one gain cannot be taken back by one of another. Its drive has a
     * bias of its own in each of these steps. With all gains 1 and no biases it is MEMORY.
     */
    GRADED;

    /** The most steps that a graded neuron may have gains for. */
    public static final int MAX_GAINS = 8;

    /** The most quanta that an augmented spike (Yu et al., 2022) may have: it is worth as many single ones. */
    public static final int MAX_QUANTA = 255;

    /** How many numbers a neuron carries from step to step: two membranes, or one and its balance, or one. */
    public int carried() {
        return this == PAIR || takesBack() ? 2 : 1;
    }

    /** Returns whether it is a neuron of its own where the slope is 0, as of a ReLU; others are INTEGRATE_AND_FIRE then. */
    public boolean worksRectified() {
        return this == INTEGRATE_AND_FIRE || takesBack();
    }

    /** Returns whether later spikes may take back what was emitted. */
    public boolean takesBack() {
        return this == MEMORY || this == GRADED;
    }

    /** @throws IllegalArgumentException if the number is below 0, above {@link #MAX_GAINS}, or not 0 for another than GRADED */
    public void requireGains(int steps) {
        if (steps < 0 || steps > (this == GRADED ? MAX_GAINS : 0)) {
            throw new IllegalArgumentException("a " + this + " neuron has gains for 0 to "
                    + (this == GRADED ? MAX_GAINS : 0) + " steps, got " + steps);
        }
    }

    /** @throws IllegalArgumentException if the number is not in [1, {@link #MAX_QUANTA}], or not 1 for MEMORY or GRADED */
    public void requireQuanta(int quanta) {
        if (quanta < 1 || quanta > MAX_QUANTA) {
            throw new IllegalArgumentException("a spike has 1 to " + MAX_QUANTA + " quanta, got " + quanta);
        }
        if (takesBack() && quanta > 1) {
            throw new IllegalArgumentException("a " + this + " neuron has spikes of one quantum, got " + quanta);
        }
    }
}
