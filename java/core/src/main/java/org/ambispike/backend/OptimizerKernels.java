package org.ambispike.backend;

/** What an optimiser does with parameters and gradients. Used by the backend's thread. */
public interface OptimizerKernels {
    /**
     * How an update goes on.
     *
     * @param numbers doubles that must be finite
     * @param squares doubles, sums of squares of gradients, which must be so too
     * @param limit of the norm of all gradients together; 0 for none
     * @param clip [2] doubles, overwritten; see {@link UpdateStep}
     */
    void clip(DeviceBuffer numbers, DeviceBuffer squares, double limit, DeviceBuffer clip);

    /**
     * Takes a step of SGD with momentum.
     *
     * @param update of all these parameters
     * @param parameters any number, as of all tensors of a role; zeros without gradients stay zeros
     */
    void sgd(
            ParameterUpdate update,
            UpdateStep step,
            DeviceBuffer parameters,
            DeviceBuffer gradients,
            DeviceBuffer momentum,
            double momentumFactor,
            boolean nesterov);

    /** Takes a step of AdamW; parameters and update are as for {@link #sgd}. */
    void adamW(
            ParameterUpdate update,
            UpdateStep step,
            DeviceBuffer parameters,
            DeviceBuffer gradients,
            DeviceBuffer firstMoment,
            DeviceBuffer secondMoment,
            AdamSettings settings);

    /**
     * average = decay * average + (1 - decay) * parameters.
     *
     * @param decay [1] double
     * @param clip [2] doubles; see {@link UpdateStep}
     */
    void movingAverage(DeviceBuffer average, DeviceBuffer parameters, DeviceBuffer decay, DeviceBuffer clip);

    /**
     * momentum = factor * momentum + g, and direction = factor * momentum + g, where g is the clipped gradient.
     *
     * @param clip [2] doubles; see {@link UpdateStep}
     */
    void nesterov(
            DeviceBuffer gradients, DeviceBuffer momentum, DeviceBuffer direction, double factor, DeviceBuffer clip);

    /**
     * Divides tensors by their norms; zeros stay zeros.
     *
     * @param tensors in x
     * @param squares [tensors] doubles, their sums of squares
     */
    void unit(DeviceBuffer x, Segments tensors, DeviceBuffer squares);

    /**
     * Takes a step of Muon: parameters = (1 - rate * decay) * parameters - rate * size * direction.
     *
     * @param update whose learning rate and decay count, and nothing else
     * @param tensors in parameters and direction
     * @param sizes [tensors] doubles
     */
    void muonMove(
            ParameterUpdate update,
            UpdateStep step,
            DeviceBuffer parameters,
            DeviceBuffer direction,
            Segments tensors,
            DeviceBuffer sizes);

    /**
     * Sums the squares of each tensor, in an order that depends on the tensor's size and not on its place.
     *
     * @param tensors in x
     * @param result [tensors] doubles; not finite where any element is not
     * @param scratch {@link DeviceMemory#scratchBytes} for as many channels as there are tensors
     */
    void sumsOfSquares(DeviceBuffer x, Segments tensors, DeviceBuffer result, DeviceBuffer scratch);
}
