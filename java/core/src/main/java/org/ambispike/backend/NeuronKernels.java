package org.ambispike.backend;

/** Layers of neurons, forward and backward. Used by the backend's thread. */
public interface NeuronKernels {
    /**
     * Runs T steps of a layer of spiking neurons, and of the max pool before them where the layout has one.
     *
     * @param resume the membranes start from the carry, rather than from the initial potentials; the pool's sums likewise
     * @param kappa steepness of the surrogate, of which smooth layouts emit the primitive
     */
    void spikeForward(SpikeLayout layout, SpikeBuffers buffers, boolean resume, double kappa);

    /**
     * Goes backward through T steps with the surrogate of eq. 32.
     *
     * @param drive [T, rows, channels], or [rows, channels] where constant
     * @param parameters [5, channels], as in {@link SpikeBuffers}
     * @param scratch as {@link DeviceMemory#scratchBytes} has it
     */
    void spikeBackward(
            SpikeLayout layout,
            DeviceBuffer drive,
            DeviceBuffer parameters,
            SpikeGradients gradients,
            DeviceBuffer scratch,
            double kappa);

    /**
     * Runs T steps of a max pool: x(t) = max U_i(t) - max U_i(t-1), U_i being the drives of a window summed up to a step.
     *
     * @param drive [T, images, H, W, C], or [images, H, W, C] where constant
     * @param sums [images, H, W, C] summed drives out (and in, where a run is resumed); optional
     * @param pooled [T, images, H', W', C]
     * @param argmax [T, images, H', W', C] bytes, the place of the largest sum in its window; optional
     * @param resume the sums go on from those given, rather than from 0
     */
    void maxPoolForward(
            MaxPoolLayout layout,
            DeviceBuffer drive,
            DeviceBuffer sums,
            DeviceBuffer pooled,
            DeviceBuffer argmax,
            boolean resume);

    /**
     * Goes backward through T steps of a max pool.
     *
     * @param gradPooled [T, images, H', W', C]
     * @param argmax as the forward pass left it
     * @param gradDrive [T, images, H, W, C], or [images, H, W, C] where the drive is constant; overwritten
     */
    void maxPoolBackward(MaxPoolLayout layout, DeviceBuffer gradPooled, DeviceBuffer argmax, DeviceBuffer gradDrive);

    /**
     * Runs a layer of ANN neurons.
     *
     * @param x [rows, channels]
     * @param parameters [3, channels]: thetaP, thetaN, the slope in [0, 1]; of LEAKY [1, channels]: the slope
     * @param y [rows, channels]; may be x
     */
    void activationForward(ActivationLayout layout, DeviceBuffer x, DeviceBuffer parameters, DeviceBuffer y);

    /**
     * Goes backward through a layer of ANN neurons.
     *
     * @param x [rows, channels]
     * @param parameters [3, channels]: thetaP, thetaN, the slope in [0, 1]; of LEAKY [1, channels]: the slope
     * @param scratch as {@link DeviceMemory#scratchBytes} has it
     */
    void activationBackward(
            ActivationLayout layout,
            DeviceBuffer x,
            DeviceBuffer parameters,
            ActivationGradients gradients,
            DeviceBuffer scratch);
}
