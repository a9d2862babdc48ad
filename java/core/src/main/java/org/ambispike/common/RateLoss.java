package org.ambispike.common;

/** How the firing rates of a layer are compared with the teacher's activations. */
public enum RateLoss {
    /** Squared error over the teacher's sum of squares. */
    MSE,
    /** Generalised KL by polarity (eq. 33 made whole): sum of a ln(a/r) - a + r over the teacher's sum. */
    KL
}
