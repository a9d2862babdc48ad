package org.ambispike.backend.cpu;

import static org.ambispike.backend.cpu.CpuBuffer.doubles;
import static org.ambispike.backend.cpu.CpuBuffer.floats;
import static org.ambispike.backend.cpu.CpuBuffer.ints;
import static org.ambispike.backend.cpu.CpuBuffer.longs;

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
import org.bytedeco.javacpp.LongPointer;

/** Normalisation, dropout and losses by our own C++ kernels; each method is one call across the C ABI. */
final class CpuTrainingKernels implements TrainingKernels {
    private final CpuThreads threads;

    CpuTrainingKernels(CpuThreads threads) {
        this.threads = threads;
    }

    @Override
    public void batchNormTraining(
            BatchNormLayout layout,
            DeviceBuffer x,
            BatchNormParameters parameters,
            DeviceBuffer statistics,
            DeviceBuffer y,
            DeviceBuffer scratch) {
        threads.enter();
        CpuStatus.check(
                "batchNormTraining",
                Kernels.ambi_normalise_training(
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
                        (float) layout.momentum()));
    }

    @Override
    public void batchNormInference(
            BatchNormLayout layout,
            DeviceBuffer x,
            BatchNormParameters parameters,
            DeviceBuffer y,
            DeviceBuffer scratch) {
        threads.enter();
        CpuStatus.check(
                "batchNormInference",
                Kernels.ambi_normalise_inference(
                        floats(x),
                        floats(parameters.gamma()),
                        floats(parameters.beta()),
                        floats(parameters.mean()),
                        floats(parameters.variance()),
                        floats(y),
                        floats(scratch),
                        layout.rows(),
                        layout.channels(),
                        (float) layout.epsilon()));
    }

    @Override
    public void batchNormBackward(
            BatchNormLayout layout,
            DeviceBuffer x,
            BatchNormParameters parameters,
            DeviceBuffer statistics,
            BatchNormGradients gradients,
            DeviceBuffer scratch) {
        threads.enter();
        CpuStatus.check(
                "batchNormBackward",
                Kernels.ambi_normalise_backward(
                        floats(x),
                        floats(parameters.gamma()),
                        floats(statistics),
                        floats(gradients.y()),
                        floats(gradients.x()),
                        floats(gradients.parameters().gamma()),
                        floats(gradients.parameters().beta()),
                        floats(scratch),
                        layout.rows(),
                        layout.channels()));
    }

    @Override
    public void batchNormPenalty(
            BatchNormParameters parameters,
            PenaltyWeight weight,
            BatchNormParameters gradients,
            DeviceBuffer eta,
            int channels,
            double epsilon) {
        threads.enter();
        CpuStatus.check(
                "batchNormPenalty",
                Kernels.ambi_normalise_penalty(
                        floats(parameters.gamma()),
                        floats(parameters.beta()),
                        doubles(weight.loss()),
                        floats(gradients.gamma()),
                        floats(gradients.beta()),
                        doubles(eta),
                        channels,
                        (float) epsilon,
                        weight.weight(),
                        weight.layers()));
    }

    @Override
    public void dropout(DeviceBuffer x, DeviceBuffer y, DeviceBuffer seed, long count, double probability, long salt) {
        threads.enter();
        LongPointer numbers = longs(seed);
        CpuStatus.check(
                "dropout",
                Kernels.ambi_dropout(
                        floats(x), floats(y), count, (float) probability, numbers.get(0) + salt, numbers.get(1)));
    }

    @Override
    public void softmaxLoss(SoftmaxLoss loss, SoftmaxBuffers buffers, int rows, int classes) {
        threads.enter();
        CpuStatus.check(
                "softmaxLoss",
                Kernels.ambi_softmax_loss(
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
                        (float) loss.temperature()));
    }

    @Override
    public void rateLoss(
            RateLoss kind, RateBuffers buffers, DeviceBuffer scratch, long count, double epsilon, double weight) {
        int code =
                switch (kind) {
                    case MSE -> Kernels.AMBI_RATE_MSE;
                    case KL -> Kernels.AMBI_RATE_KL;
                };
        threads.enter();
        CpuStatus.check(
                "rateLoss",
                Kernels.ambi_rate_loss(
                        floats(buffers.rate()),
                        floats(buffers.target()),
                        doubles(buffers.factor()),
                        floats(buffers.gradient()),
                        doubles(buffers.result()),
                        doubles(scratch),
                        count,
                        code,
                        (float) epsilon,
                        weight));
    }

    @Override
    public void variancePenalty(
            PenaltyLayout layout,
            DeviceBuffer activations,
            PenaltyWeight weight,
            DeviceBuffer gradient,
            DeviceBuffer eta,
            DeviceBuffer scratch) {
        threads.enter();
        CpuStatus.check(
                "variancePenalty",
                Kernels.ambi_variance_penalty(
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
                        weight.layers()));
    }
}
