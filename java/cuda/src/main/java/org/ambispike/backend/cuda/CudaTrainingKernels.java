package org.ambispike.backend.cuda;

import static org.ambispike.backend.cuda.CudaBuffer.doubles;
import static org.ambispike.backend.cuda.CudaBuffer.floats;
import static org.ambispike.backend.cuda.CudaBuffer.ints;
import static org.ambispike.backend.cuda.CudaBuffer.longs;

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

/** Normalisation, dropout and losses by our own CUDA kernels; each method is one call across the C ABI, and returns at once. */
final class CudaTrainingKernels implements TrainingKernels {
    private final CudaStream stream;

    CudaTrainingKernels(CudaStream stream) {
        this.stream = stream;
    }

    @Override
    public void batchNormTraining(
            BatchNormLayout layout,
            DeviceBuffer x,
            BatchNormParameters parameters,
            DeviceBuffer statistics,
            DeviceBuffer y,
            DeviceBuffer scratch) {
        CudaStatus.check(
                "batchNormTraining",
                CudaKernels.ambi_cuda_normalise_training(
                        floats(x),
                        floats(parameters.gamma()),
                        floats(parameters.beta()),
                        floats(parameters.mean()),
                        floats(parameters.variance()),
                        floats(statistics),
                        floats(y),
                        floats(scratch),
                        layout.rows(),
                        layout.channels(),
                        (float) layout.epsilon(),
                        (float) layout.momentum(),
                        stream.address()));
    }

    @Override
    public void batchNormInference(
            BatchNormLayout layout,
            DeviceBuffer x,
            BatchNormParameters parameters,
            DeviceBuffer y,
            DeviceBuffer scratch) {
        CudaStatus.check(
                "batchNormInference",
                CudaKernels.ambi_cuda_normalise_inference(
                        floats(x),
                        floats(parameters.gamma()),
                        floats(parameters.beta()),
                        floats(parameters.mean()),
                        floats(parameters.variance()),
                        floats(y),
                        floats(scratch),
                        layout.rows(),
                        layout.channels(),
                        (float) layout.epsilon(),
                        stream.address()));
    }

    @Override
    public void batchNormBackward(
            BatchNormLayout layout,
            DeviceBuffer x,
            BatchNormParameters parameters,
            DeviceBuffer statistics,
            BatchNormGradients gradients,
            DeviceBuffer scratch) {
        CudaStatus.check(
                "batchNormBackward",
                CudaKernels.ambi_cuda_normalise_backward(
                        floats(x),
                        floats(parameters.gamma()),
                        floats(statistics),
                        floats(gradients.y()),
                        floats(gradients.x()),
                        floats(gradients.parameters().gamma()),
                        floats(gradients.parameters().beta()),
                        floats(scratch),
                        layout.rows(),
                        layout.channels(),
                        stream.address()));
    }

    @Override
    public void batchNormPenalty(
            BatchNormParameters parameters,
            PenaltyWeight weight,
            BatchNormParameters gradients,
            DeviceBuffer eta,
            int channels,
            double epsilon) {
        CudaStatus.check(
                "batchNormPenalty",
                CudaKernels.ambi_cuda_normalise_penalty(
                        floats(parameters.gamma()),
                        floats(parameters.beta()),
                        doubles(weight.loss()),
                        floats(gradients.gamma()),
                        floats(gradients.beta()),
                        doubles(eta),
                        channels,
                        (float) epsilon,
                        weight.weight(),
                        weight.layers(),
                        stream.address()));
    }

    @Override
    public void dropout(DeviceBuffer x, DeviceBuffer y, DeviceBuffer seed, long count, double probability, long salt) {
        CudaStatus.check(
                "dropout",
                CudaKernels.ambi_cuda_dropout(
                        floats(x), floats(y), longs(seed), count, (float) probability, salt, stream.address()));
    }

    @Override
    public void softmaxLoss(SoftmaxLoss loss, SoftmaxBuffers buffers, int rows, int classes) {
        CudaStatus.check(
                "softmaxLoss",
                CudaKernels.ambi_cuda_softmax_loss(
                        floats(buffers.logits()),
                        ints(buffers.labels()),
                        floats(buffers.teacher()),
                        doubles(buffers.factor()),
                        floats(buffers.gradient()),
                        doubles(buffers.result()),
                        rows,
                        classes,
                        loss.labelWeight(),
                        (float) loss.smoothing(),
                        loss.teacherWeight(),
                        (float) loss.temperature(),
                        stream.address()));
    }

    @Override
    public void rateLoss(
            RateLoss kind, RateBuffers buffers, DeviceBuffer scratch, long count, double epsilon, double weight) {
        int code =
                switch (kind) {
                    case MSE -> CudaKernels.AMBI_RATE_MSE;
                    case KL -> CudaKernels.AMBI_RATE_KL;
                };
        CudaStatus.check(
                "rateLoss",
                CudaKernels.ambi_cuda_rate_loss(
                        floats(buffers.rate()),
                        floats(buffers.target()),
                        doubles(buffers.factor()),
                        floats(buffers.gradient()),
                        doubles(buffers.result()),
                        doubles(scratch),
                        count,
                        code,
                        (float) epsilon,
                        weight,
                        stream.address()));
    }

    @Override
    public void variancePenalty(
            PenaltyLayout layout,
            DeviceBuffer activations,
            PenaltyWeight weight,
            DeviceBuffer gradient,
            DeviceBuffer eta,
            DeviceBuffer scratch) {
        CudaStatus.check(
                "variancePenalty",
                CudaKernels.ambi_cuda_variance_penalty(
                        floats(activations),
                        doubles(weight.loss()),
                        floats(gradient),
                        doubles(eta),
                        doubles(scratch),
                        layout.rows(),
                        layout.channels(),
                        layout.grouping().byChannel() ? 1 : 0,
                        layout.grouping().byPolarity() ? 1 : 0,
                        (float) layout.epsilon(),
                        weight.weight(),
                        weight.layers(),
                        stream.address()));
    }
}
