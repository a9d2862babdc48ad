package org.ambispike.backend;

/** Layers of neurons, forward and backward. Used by the backend's thread. */
public interface NeuronKernels {
    /**
     * Runs T steps of a layer of spiking neurons.
     *
     * @param resume the membranes start from the carry, rather than from the initial potentials
     * @param kappa steepness of the surrogate, of which smooth layouts emit the primitive
     */
    void spikeForward(SpikeLayout layout, SpikeBuffers buffers, boolean resume, double kappa);

    /**
     * Goes backward through T steps with the surrogate of eq. 32.
     *
     * @param drive [T, rows, channels], or [rows, channels] where constant
     * @param parameters [4, channels], as in {@link SpikeBuffers}
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
     * Runs a layer of ANN neurons.
     *
     * @param x [rows, channels]
     * @param parameters [2, channels]: thetaP, thetaN; absent for LEAKY
     * @param y [rows, channels]; may be x
     */
    void activationForward(ActivationLayout layout, DeviceBuffer x, DeviceBuffer parameters, DeviceBuffer y);

    /**
     * Goes backward through a layer of ANN neurons.
     *
     * @param x [rows, channels]
     * @param parameters [2, channels]: thetaP, thetaN; absent for LEAKY
     * @param scratch as {@link DeviceMemory#scratchBytes} has it
     */
    void activationBackward(
            ActivationLayout layout,
            DeviceBuffer x,
            DeviceBuffer parameters,
            ActivationGradients gradients,
            DeviceBuffer scratch);
}
