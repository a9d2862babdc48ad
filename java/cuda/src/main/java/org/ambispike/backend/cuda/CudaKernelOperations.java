package org.ambispike.backend.cuda;

import org.ambispike.backend.ActivationLayout;
import org.ambispike.backend.AdamSettings;
import org.ambispike.backend.Backend;
import org.ambispike.backend.DeviceBuffer;
import org.ambispike.backend.ParameterUpdate;
import org.ambispike.backend.PenaltyGrouping;
import org.ambispike.backend.PenaltyWeight;
import org.ambispike.backend.RateLoss;
import org.ambispike.backend.Segments;
import org.ambispike.backend.SoftmaxLoss;
import org.ambispike.backend.SpikeLayout;
import org.ambispike.backend.UpdateStep;
import org.ambispike.graph.NeuronModel;
import org.ambispike.graph.Op.ActivationKind;

/** The operations that our own CUDA kernels compute; each method is one call across the C ABI, and returns at once. */
abstract class CudaKernelOperations implements Backend {
    /** The widest user is the variance penalty: count, sum and sum of squares by polarity. */
    private static final int SUMS_PER_CHANNEL = 6;

    private final CudaStream stream;

    CudaKernelOperations(CudaStream stream) {
        this.stream = stream;
    }

    final CudaStream stream() {
        return stream;
    }

    @Override
    public long scratchBytes(int channels) {
        return CudaKernels.ambi_cuda_scratch_floats(channels, SUMS_PER_CHANNEL) * Float.BYTES;
    }

    @Override
    public void spikeForward(
            SpikeLayout layout,
            DeviceBuffer drive,
            DeviceBuffer parameters,
            DeviceBuffer carry,
            boolean resume,
            DeviceBuffer spikes,
            DeviceBuffer rate,
            DeviceBuffer counts,
            double kappa) {
        CudaStatus.check(
                "spikeForward",
                CudaKernels.ambi_cuda_spike_forward(
                        CudaBuffer.floats(drive),
                        CudaBuffer.floats(parameters),
                        CudaBuffer.floats(carry),
                        CudaBuffer.floats(spikes),
                        CudaBuffer.floats(rate),
                        CudaBuffer.longs(counts),
                        layout.rows(),
                        layout.channels(),
                        layout.steps(),
                        mode(layout) | (resume ? CudaKernels.AMBI_CARRY_IN : 0),
                        (float) layout.alpha(),
                        (float) kappa,
                        stream.address()));
    }

    @Override
    public void spikeBackward(
            SpikeLayout layout,
            DeviceBuffer drive,
            DeviceBuffer parameters,
            DeviceBuffer gradSpikes,
            DeviceBuffer gradRate,
            DeviceBuffer gradDrive,
            DeviceBuffer gradParameters,
            DeviceBuffer scratch,
            double kappa) {
        CudaStatus.check(
                "spikeBackward",
                CudaKernels.ambi_cuda_spike_backward(
                        CudaBuffer.floats(drive),
                        CudaBuffer.floats(parameters),
                        CudaBuffer.floats(gradSpikes),
                        CudaBuffer.floats(gradRate),
                        CudaBuffer.floats(gradDrive),
                        CudaBuffer.floats(gradParameters),
                        CudaBuffer.floats(scratch),
                        layout.rows(),
                        layout.channels(),
                        layout.steps(),
                        mode(layout),
                        (float) layout.alpha(),
                        (float) kappa,
                        stream.address()));
    }

    static int mode(SpikeLayout layout) {
        return model(layout.model())
                | (layout.constantDrive() ? CudaKernels.AMBI_DRIVE_CONSTANT : 0)
                | (layout.smooth() ? CudaKernels.AMBI_SMOOTH : 0)
                | layout.quanta() - 1 << CudaKernels.AMBI_QUANTA_SHIFT;
    }

    private static int model(NeuronModel model) {
        return switch (model) {
            case PAIR -> CudaKernels.AMBI_MODEL_PAIR;
            case SINGLE -> CudaKernels.AMBI_MODEL_SINGLE;
            case INTEGRATE_AND_FIRE -> CudaKernels.AMBI_MODEL_IF;
            case MEMORY -> CudaKernels.AMBI_MODEL_MEMORY;
        };
    }

    @Override
    public void activationForward(ActivationLayout layout, DeviceBuffer x, DeviceBuffer parameters, DeviceBuffer y) {
        CudaStatus.check(
                "activationForward",
                CudaKernels.ambi_cuda_activation_forward(
                        CudaBuffer.floats(x),
                        CudaBuffer.floats(parameters),
                        CudaBuffer.floats(y),
                        layout.rows(),
                        layout.channels(),
                        kind(layout.kind()),
                        layout.levels(),
                        (float) layout.alpha(),
                        (float) layout.dither(),
                        stream.address()));
    }

    @Override
    public void activationBackward(
            ActivationLayout layout,
            DeviceBuffer x,
            DeviceBuffer parameters,
            DeviceBuffer gradY,
            DeviceBuffer gradExtra,
            DeviceBuffer gradX,
            DeviceBuffer gradParameters,
            DeviceBuffer scratch) {
        CudaStatus.check(
                "activationBackward",
                CudaKernels.ambi_cuda_activation_backward(
                        CudaBuffer.floats(x),
                        CudaBuffer.floats(parameters),
                        CudaBuffer.floats(gradY),
                        CudaBuffer.floats(gradExtra),
                        CudaBuffer.floats(gradX),
                        CudaBuffer.floats(gradParameters),
                        CudaBuffer.floats(scratch),
                        layout.rows(),
                        layout.channels(),
                        kind(layout.kind()),
                        layout.levels(),
                        (float) layout.alpha(),
                        (float) layout.dither(),
                        stream.address()));
    }

    private static int kind(ActivationKind kind) {
        return switch (kind) {
            case LEAKY -> CudaKernels.AMBI_ACTIVATION_LEAKY;
            case CLIPPED -> CudaKernels.AMBI_ACTIVATION_CLIPPED;
            case QUANTISED -> CudaKernels.AMBI_ACTIVATION_QUANTISED;
        };
    }

    @Override
    public void dropout(DeviceBuffer x, DeviceBuffer y, DeviceBuffer seed, long count, double probability, long salt) {
        CudaStatus.check(
                "dropout",
                CudaKernels.ambi_cuda_dropout(
                        CudaBuffer.floats(x),
                        CudaBuffer.floats(y),
                        CudaBuffer.longs(seed),
                        count,
                        (float) probability,
                        salt,
                        stream.address()));
    }

    @Override
    public void softmaxLoss(
            SoftmaxLoss loss,
            DeviceBuffer logits,
            DeviceBuffer labels,
            DeviceBuffer teacher,
            DeviceBuffer factor,
            DeviceBuffer gradient,
            DeviceBuffer result,
            int rows,
            int classes) {
        CudaStatus.check(
                "softmaxLoss",
                CudaKernels.ambi_cuda_softmax_loss(
                        CudaBuffer.floats(logits),
                        CudaBuffer.ints(labels),
                        CudaBuffer.floats(teacher),
                        CudaBuffer.doubles(factor),
                        CudaBuffer.floats(gradient),
                        CudaBuffer.doubles(result),
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
            RateLoss kind,
            DeviceBuffer rate,
            DeviceBuffer target,
            DeviceBuffer factor,
            DeviceBuffer gradient,
            DeviceBuffer result,
            DeviceBuffer scratch,
            long count,
            double epsilon,
            double weight) {
        int code =
                switch (kind) {
                    case MSE -> CudaKernels.AMBI_RATE_MSE;
                    case KL -> CudaKernels.AMBI_RATE_KL;
                };
        CudaStatus.check(
                "rateLoss",
                CudaKernels.ambi_cuda_rate_loss(
                        CudaBuffer.floats(rate),
                        CudaBuffer.floats(target),
                        CudaBuffer.doubles(factor),
                        CudaBuffer.floats(gradient),
                        CudaBuffer.doubles(result),
                        CudaBuffer.doubles(scratch),
                        count,
                        code,
                        (float) epsilon,
                        weight,
                        stream.address()));
    }

    @Override
    public void variancePenalty(
            PenaltyGrouping grouping,
            DeviceBuffer activations,
            PenaltyWeight weight,
            DeviceBuffer gradient,
            DeviceBuffer eta,
            DeviceBuffer scratch,
            long rows,
            int channels,
            double epsilon) {
        CudaStatus.check(
                "variancePenalty",
                CudaKernels.ambi_cuda_variance_penalty(
                        CudaBuffer.floats(activations),
                        CudaBuffer.doubles(weight.loss()),
                        CudaBuffer.floats(gradient),
                        CudaBuffer.doubles(eta),
                        CudaBuffer.doubles(scratch),
                        rows,
                        channels,
                        grouping.byChannel() ? 1 : 0,
                        grouping.byPolarity() ? 1 : 0,
                        (float) epsilon,
                        weight.weight(),
                        weight.layers(),
                        stream.address()));
    }

    @Override
    public void clip(DeviceBuffer numbers, DeviceBuffer squares, double limit, DeviceBuffer clip) {
        CudaStatus.check(
                "clip",
                CudaKernels.ambi_cuda_clip(
                        CudaBuffer.doubles(numbers),
                        CudaBuffer.doubles(squares),
                        CudaBuffer.doubles(clip),
                        Math.toIntExact(numbers.bytes() / Double.BYTES),
                        Math.toIntExact(squares.bytes() / Double.BYTES),
                        limit,
                        stream.address()));
    }

    @Override
    public void sgd(
            ParameterUpdate update,
            UpdateStep step,
            DeviceBuffer parameters,
            DeviceBuffer gradients,
            DeviceBuffer momentum,
            double momentumFactor,
            boolean nesterov) {
        CudaStatus.check(
                "sgd",
                CudaKernels.ambi_cuda_sgd(
                        CudaBuffer.floats(parameters),
                        CudaBuffer.floats(gradients),
                        CudaBuffer.floats(momentum),
                        CudaBuffer.doubles(step.schedule()),
                        CudaBuffer.doubles(step.clip()),
                        parameters.floats(),
                        update.learningRate(),
                        (float) momentumFactor,
                        nesterov ? 1 : 0,
                        (float) update.decay(),
                        (float) update.l2(),
                        update.logSpace() ? 1 : 0,
                        stream.address()));
    }

    @Override
    public void adamW(
            ParameterUpdate update,
            UpdateStep step,
            DeviceBuffer parameters,
            DeviceBuffer gradients,
            DeviceBuffer firstMoment,
            DeviceBuffer secondMoment,
            AdamSettings settings) {
        CudaStatus.check(
                "adamW",
                CudaKernels.ambi_cuda_adamw(
                        CudaBuffer.floats(parameters),
                        CudaBuffer.floats(gradients),
                        CudaBuffer.floats(firstMoment),
                        CudaBuffer.floats(secondMoment),
                        CudaBuffer.doubles(step.schedule()),
                        CudaBuffer.doubles(step.clip()),
                        parameters.floats(),
                        update.learningRate(),
                        (float) settings.beta1(),
                        (float) settings.beta2(),
                        (float) settings.epsilon(),
                        (float) update.decay(),
                        (float) update.l2(),
                        update.logSpace() ? 1 : 0,
                        stream.address()));
    }

    @Override
    public void movingAverage(DeviceBuffer average, DeviceBuffer parameters, DeviceBuffer decay, DeviceBuffer clip) {
        CudaStatus.check(
                "movingAverage",
                CudaKernels.ambi_cuda_ema(
                        CudaBuffer.floats(average),
                        CudaBuffer.floats(parameters),
                        CudaBuffer.doubles(decay),
                        CudaBuffer.doubles(clip),
                        average.floats(),
                        stream.address()));
    }

    @Override
    public void nesterov(
            DeviceBuffer gradients, DeviceBuffer momentum, DeviceBuffer direction, double factor, DeviceBuffer clip) {
        CudaStatus.check(
                "nesterov",
                CudaKernels.ambi_cuda_nesterov(
                        CudaBuffer.floats(gradients),
                        CudaBuffer.floats(momentum),
                        CudaBuffer.floats(direction),
                        CudaBuffer.doubles(clip),
                        gradients.floats(),
                        (float) factor,
                        stream.address()));
    }

    @Override
    public void unit(DeviceBuffer x, Segments tensors, DeviceBuffer squares) {
        CudaStatus.check(
                "unit",
                CudaKernels.ambi_cuda_unit(
                        CudaBuffer.floats(x),
                        CudaBuffer.longs(tensors.table()),
                        CudaBuffer.doubles(squares),
                        x.floats(),
                        tensors.count(),
                        stream.address()));
    }

    @Override
    public void muonMove(
            ParameterUpdate update,
            UpdateStep step,
            DeviceBuffer parameters,
            DeviceBuffer direction,
            Segments tensors,
            DeviceBuffer sizes) {
        CudaStatus.check(
                "muonMove",
                CudaKernels.ambi_cuda_muon_move(
                        CudaBuffer.floats(parameters),
                        CudaBuffer.floats(direction),
                        CudaBuffer.longs(tensors.table()),
                        CudaBuffer.doubles(sizes),
                        CudaBuffer.doubles(step.schedule()),
                        CudaBuffer.doubles(step.clip()),
                        parameters.floats(),
                        tensors.count(),
                        update.learningRate(),
                        update.decay(),
                        stream.address()));
    }

    @Override
    public void sumsOfSquares(DeviceBuffer x, Segments tensors, DeviceBuffer result, DeviceBuffer scratch) {
        CudaStatus.check(
                "sumsOfSquares",
                CudaKernels.ambi_cuda_sum_squares(
                        CudaBuffer.floats(x),
                        CudaBuffer.longs(tensors.table()),
                        CudaBuffer.doubles(result),
                        CudaBuffer.doubles(scratch),
                        x.floats(),
                        tensors.count(),
                        stream.address()));
    }

    @Override
    public void scale(DeviceBuffer x, double factor) {
        CudaStatus.check(
                "scale",
                CudaKernels.ambi_cuda_scale(CudaBuffer.floats(x), x.floats(), (float) factor, stream.address()));
    }

    @Override
    public void fill(DeviceBuffer x, double value) {
        CudaStatus.check(
                "fill", CudaKernels.ambi_cuda_fill(CudaBuffer.floats(x), x.floats(), (float) value, stream.address()));
    }

    @Override
    public void copy(DeviceBuffer source, DeviceBuffer target) {
        CudaStatus.check(
                "copy",
                CudaKernels.ambi_cuda_copy(
                        CudaBuffer.floats(source), CudaBuffer.floats(target), source.floats(), stream.address()));
    }

    @Override
    public void add(DeviceBuffer a, DeviceBuffer b, DeviceBuffer y) {
        CudaStatus.check(
                "add",
                CudaKernels.ambi_cuda_add(
                        CudaBuffer.floats(a),
                        CudaBuffer.floats(b),
                        CudaBuffer.floats(y),
                        y.floats(),
                        stream.address()));
    }

    @Override
    public void expand(DeviceBuffer x, DeviceBuffer y) {
        CudaStatus.check(
                "expand",
                CudaKernels.ambi_cuda_expand(
                        CudaBuffer.floats(x), CudaBuffer.floats(y), Math.toIntExact(y.floats()), stream.address()));
    }

    @Override
    public void reduce(DeviceBuffer x, DeviceBuffer y) {
        CudaStatus.check(
                "reduce",
                CudaKernels.ambi_cuda_reduce(
                        CudaBuffer.floats(x), CudaBuffer.floats(y), Math.toIntExact(x.floats()), stream.address()));
    }

    @Override
    public void runningMean(DeviceBuffer x, DeviceBuffer y, long count, int steps) {
        CudaStatus.check(
                "runningMean",
                CudaKernels.ambi_cuda_running_mean(
                        CudaBuffer.floats(x), CudaBuffer.floats(y), count, steps, stream.address()));
    }

    @Override
    public void spreadMean(DeviceBuffer x, DeviceBuffer y, long count, int steps) {
        CudaStatus.check(
                "spreadMean",
                CudaKernels.ambi_cuda_spread_mean(
                        CudaBuffer.floats(x), CudaBuffer.floats(y), count, steps, stream.address()));
    }

    @Override
    public void gatherRows(DeviceBuffer x, DeviceBuffer index, DeviceBuffer y, int rows, long width) {
        CudaStatus.check(
                "gatherRows",
                CudaKernels.ambi_cuda_gather_rows(
                        CudaBuffer.floats(x),
                        CudaBuffer.ints(index),
                        CudaBuffer.floats(y),
                        rows,
                        width,
                        stream.address()));
    }
}
