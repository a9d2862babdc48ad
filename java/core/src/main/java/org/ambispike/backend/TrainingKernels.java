package org.ambispike.backend;

import org.ambispike.common.RateLoss;

/** What training and calibration add to a network: normalisation, dropout and losses. Used by the backend's thread. */
public interface TrainingKernels {
    /**
     * Normalises by channel with the batch's own statistics (Ioffe and Szegedy, 2015), which move the running
     * ones.
     *
     * @param x [rows, channels]
     * @param parameters whose mean and variance are updated
     * @param statistics [2, channels], overwritten: mean, and 1 over the deviation
     * @param y [rows, channels]; not x
     */
    void batchNormTraining(
            BatchNormLayout layout,
            DeviceBuffer x,
            BatchNormParameters parameters,
            DeviceBuffer statistics,
            DeviceBuffer y,
            DeviceBuffer scratch);

    /** Does the same with the running statistics, which stay as they are. y may be x. */
    void batchNormInference(
            BatchNormLayout layout,
            DeviceBuffer x,
            BatchNormParameters parameters,
            DeviceBuffer y,
            DeviceBuffer scratch);

    /**
     * Goes backward through {@link #batchNormTraining}, the batch's statistics included.
     *
     * @param x [rows, channels]
     * @param parameters of which gamma is read
     * @param statistics [2, channels] of the forward pass
     */
    void batchNormBackward(
            BatchNormLayout layout,
            DeviceBuffer x,
            BatchNormParameters parameters,
            DeviceBuffer statistics,
            BatchNormGradients gradients,
            DeviceBuffer scratch);

    /**
     * Computes the variance penalty of eq. 23 from the parameters of a batch normalisation: sigma is |gamma|, m is beta.
     *
     * @param weight of log(eta)
     * @param gradients to whose gamma and beta the gradient of that is added
     * @param eta [1] double, the mean over channels
     */
    void batchNormPenalty(
            BatchNormParameters parameters,
            PenaltyWeight weight,
            BatchNormParameters gradients,
            DeviceBuffer eta,
            int channels,
            double epsilon);

    /**
     * Drops values; the same call gives the gradient: the mask depends on seed + salt, and offset + index, alone.
     *
     * @param y may be x
     * @param seed [2] 64-bit integers: seed, offset; read when the call runs
     */
    void dropout(DeviceBuffer x, DeviceBuffer y, DeviceBuffer seed, long count, double probability, long salt);

    /** Compares logits with labels, with a teacher's logits, or both. */
    void softmaxLoss(SoftmaxLoss loss, SoftmaxBuffers buffers, int rows, int classes);

    /**
     * Compares the firing rates of a layer with a teacher's activations.
     *
     * @param scratch as {@link DeviceMemory#scratchBytes} has it
     * @param count values of the layer
     * @param epsilon below which {@link RateLoss#KL} takes rates for that
     * @param weight of the gradient
     */
    void rateLoss(RateLoss kind, RateBuffers buffers, DeviceBuffer scratch, long count, double epsilon, double weight);

    /**
     * Computes the variance penalty of eq. 23.
     *
     * @param activations [rows, channels]
     * @param weight of log(eta)
     * @param gradient [rows, channels], overwritten with that of log(eta), times the weight; 0 where eta is 0
     * @param eta [1] double, the mean over groups
     * @param scratch as {@link DeviceMemory#scratchBytes} has it
     */
    void variancePenalty(
            PenaltyLayout layout,
            DeviceBuffer activations,
            PenaltyWeight weight,
            DeviceBuffer gradient,
            DeviceBuffer eta,
            DeviceBuffer scratch);
}
