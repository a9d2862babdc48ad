package org.ambispike.backend.cpu;

import org.ambispike.backend.BatchNormGradients;
import org.ambispike.backend.BatchNormLayout;
import org.ambispike.backend.BatchNormParameters;
import org.ambispike.backend.DeviceBuffer;
import org.ambispike.backend.PenaltyLayout;
import org.ambispike.backend.PenaltyWeight;
import org.ambispike.backend.RateBuffers;
import org.ambispike.backend.SoftmaxBuffers;
import org.ambispike.backend.SoftmaxLoss;
import org.ambispike.backend.TrainingKernels;
import org.ambispike.common.RateLoss;

/** Normalisation, dropout and losses by our own kernels; each method is one call across the C ABI, and on a GPU returns at once. */
public final class NativeTrainingKernels implements TrainingKernels {
    private final KernelDevice device;
    private final KernelTable kernels;

    /** @param device that the kernels are of */
    public NativeTrainingKernels(KernelDevice device) {
        this.device = device;
        this.kernels = device.kernels();
    }

    @Override
    public void batchNormTraining(
            BatchNormLayout layout,
            DeviceBuffer x,
            BatchNormParameters parameters,
            DeviceBuffer statistics,
            DeviceBuffer y,
            DeviceBuffer scratch) {
        device.check(
                "batchNormTraining",
                kernels.normalise_training(
                        device.floats(x),
                        device.floats(parameters.gamma()),
                        device.floats(parameters.beta()),
                        device.floats(parameters.mean()),
                        device.floats(parameters.variance()),
                        device.floats(statistics),
                        device.floats(y),
                        device.floats(scratch),
                        layout.rows(),
                        layout.channels(),
                        (float) layout.epsilon(),
                        (float) layout.momentum(),
                        device.stream()));
    }

    @Override
    public void batchNormInference(
            BatchNormLayout layout,
            DeviceBuffer x,
            BatchNormParameters parameters,
            DeviceBuffer y,
            DeviceBuffer scratch) {
        device.check(
                "batchNormInference",
                kernels.normalise_inference(
                        device.floats(x),
                        device.floats(parameters.gamma()),
                        device.floats(parameters.beta()),
                        device.floats(parameters.mean()),
                        device.floats(parameters.variance()),
                        device.floats(y),
                        device.floats(scratch),
                        layout.rows(),
                        layout.channels(),
                        (float) layout.epsilon(),
                        device.stream()));
    }

    @Override
    public void batchNormBackward(
            BatchNormLayout layout,
            DeviceBuffer x,
            BatchNormParameters parameters,
            DeviceBuffer statistics,
            BatchNormGradients gradients,
            DeviceBuffer scratch) {
        device.check(
                "batchNormBackward",
                kernels.normalise_backward(
                        device.floats(x),
                        device.floats(parameters.gamma()),
                        device.floats(statistics),
                        device.floats(gradients.y()),
                        device.floats(gradients.x()),
                        device.floats(gradients.parameters().gamma()),
                        device.floats(gradients.parameters().beta()),
                        device.floats(scratch),
                        layout.rows(),
                        layout.channels(),
                        device.stream()));
    }

    @Override
    public void batchNormPenalty(
            BatchNormParameters parameters,
            PenaltyWeight weight,
            BatchNormParameters gradients,
            DeviceBuffer eta,
            int channels,
            double epsilon) {
        device.check(
                "batchNormPenalty",
                kernels.normalise_penalty(
                        device.floats(parameters.gamma()),
                        device.floats(parameters.beta()),
                        device.doubles(weight.loss()),
                        device.floats(gradients.gamma()),
                        device.floats(gradients.beta()),
                        device.doubles(eta),
                        channels,
                        (float) epsilon,
                        weight.weight(),
                        weight.layers(),
                        device.stream()));
    }

    @Override
    public void dropout(DeviceBuffer x, DeviceBuffer y, DeviceBuffer seed, long count, double probability, long salt) {
        device.check(
                "dropout",
                kernels.dropout(
                        device.floats(x),
                        device.floats(y),
                        device.longs(seed),
                        count,
                        (float) probability,
                        salt,
                        device.stream()));
    }

    @Override
    public void softmaxLoss(SoftmaxLoss loss, SoftmaxBuffers buffers, int rows, int classes) {
        device.check(
                "softmaxLoss",
                kernels.softmax_loss(
                        device.floats(buffers.logits()),
                        device.ints(buffers.labels()),
                        device.floats(buffers.teacher()),
                        device.doubles(buffers.factor()),
                        device.floats(buffers.gradient()),
                        device.doubles(buffers.result()),
                        rows,
                        classes,
                        loss.labelWeight(),
                        (float) loss.smoothing(),
                        loss.teacherWeight(),
                        (float) loss.temperature(),
                        device.stream()));
    }

    @Override
    public void rateLoss(
            RateLoss kind, RateBuffers buffers, DeviceBuffer scratch, long count, double epsilon, double weight) {
        int code =
                switch (kind) {
                    case MSE -> Kernels.AMBI_RATE_MSE;
                    case KL -> Kernels.AMBI_RATE_KL;
                };
        device.check(
                "rateLoss",
                kernels.rate_loss(
                        device.floats(buffers.rate()),
                        device.floats(buffers.target()),
                        device.doubles(buffers.factor()),
                        device.floats(buffers.gradient()),
                        device.doubles(buffers.result()),
                        device.doubles(scratch),
                        count,
                        code,
                        (float) epsilon,
                        weight,
                        device.stream()));
    }

    @Override
    public void variancePenalty(
            PenaltyLayout layout,
            DeviceBuffer activations,
            PenaltyWeight weight,
            DeviceBuffer gradient,
            DeviceBuffer eta,
            DeviceBuffer scratch) {
        device.check(
                "variancePenalty",
                kernels.variance_penalty(
                        device.floats(activations),
                        device.doubles(weight.loss()),
                        device.floats(gradient),
                        device.doubles(eta),
                        device.doubles(scratch),
                        layout.rows(),
                        layout.channels(),
                        layout.grouping().byChannel() ? 1 : 0,
                        layout.grouping().byPolarity() ? 1 : 0,
                        (float) layout.epsilon(),
                        weight.weight(),
                        weight.layers(),
                        device.stream()));
    }
}
