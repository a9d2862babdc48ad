package org.ambispike.backend.cpu;

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
import org.ambispike.common.BackendException;
import org.ambispike.graph.NeuronModel;
import org.ambispike.graph.Op.ActivationKind;
import org.bytedeco.javacpp.LongPointer;

/** The operations that our own C++ kernels compute; each method is one call across the C ABI. */
abstract class CpuKernelOperations implements Backend {
    /** The widest user is the variance penalty, with 4 double sums for each channel. */
    private static final int SUMS_PER_CHANNEL = 8;

    private final CpuThreads threads;

    CpuKernelOperations(CpuThreads threads) {
        this.threads = threads;
    }

    final CpuThreads threads() {
        return threads;
    }

    static void check(String operation, int code) {
        if (code != Kernels.AMBI_OK) {
            String reason = code == Kernels.AMBI_EARGUMENT ? "an argument is out of range" : "unknown error";
            throw new BackendException(operation + " failed on the CPU: " + reason + " (code " + code + ")");
        }
    }

    @Override
    public long scratchBytes(int channels) {
        threads.enter();
        return Kernels.ambi_scratch_floats((long) SUMS_PER_CHANNEL * channels) * Float.BYTES;
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
        threads.enter();
        check(
                "spikeForward",
                Kernels.ambi_spike_forward(
                        CpuBuffer.floats(drive),
                        CpuBuffer.floats(parameters),
                        CpuBuffer.floats(carry),
                        CpuBuffer.floats(spikes),
                        CpuBuffer.floats(rate),
                        CpuBuffer.longs(counts),
                        layout.rows(),
                        layout.channels(),
                        layout.steps(),
                        mode(layout) | (resume ? Kernels.AMBI_CARRY_IN : 0),
                        (float) layout.alpha(),
                        (float) kappa));
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
        threads.enter();
        check(
                "spikeBackward",
                Kernels.ambi_spike_backward(
                        CpuBuffer.floats(drive),
                        CpuBuffer.floats(parameters),
                        CpuBuffer.floats(gradSpikes),
                        CpuBuffer.floats(gradRate),
                        CpuBuffer.floats(gradDrive),
                        CpuBuffer.floats(gradParameters),
                        CpuBuffer.floats(scratch),
                        layout.rows(),
                        layout.channels(),
                        layout.steps(),
                        mode(layout),
                        (float) layout.alpha(),
                        (float) kappa));
    }

    static int mode(SpikeLayout layout) {
        return model(layout.model())
                | (layout.constantDrive() ? Kernels.AMBI_DRIVE_CONSTANT : 0)
                | (layout.smooth() ? Kernels.AMBI_SMOOTH : 0)
                | layout.quanta() - 1 << Kernels.AMBI_QUANTA_SHIFT;
    }

    private static int model(NeuronModel model) {
        return switch (model) {
            case PAIR -> Kernels.AMBI_MODEL_PAIR;
            case SINGLE -> Kernels.AMBI_MODEL_SINGLE;
            case INTEGRATE_AND_FIRE -> Kernels.AMBI_MODEL_IF;
            case MEMORY -> Kernels.AMBI_MODEL_MEMORY;
        };
    }

    @Override
    public void activationForward(ActivationLayout layout, DeviceBuffer x, DeviceBuffer parameters, DeviceBuffer y) {
        threads.enter();
        check(
                "activationForward",
                Kernels.ambi_activation_forward(
                        CpuBuffer.floats(x),
                        CpuBuffer.floats(parameters),
                        CpuBuffer.floats(y),
                        layout.rows(),
                        layout.channels(),
                        kind(layout.kind()),
                        layout.levels(),
                        (float) layout.alpha(),
                        (float) layout.dither()));
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
        threads.enter();
        check(
                "activationBackward",
                Kernels.ambi_activation_backward(
                        CpuBuffer.floats(x),
                        CpuBuffer.floats(parameters),
                        CpuBuffer.floats(gradY),
                        CpuBuffer.floats(gradExtra),
                        CpuBuffer.floats(gradX),
                        CpuBuffer.floats(gradParameters),
                        CpuBuffer.floats(scratch),
                        layout.rows(),
                        layout.channels(),
                        kind(layout.kind()),
                        layout.levels(),
                        (float) layout.alpha(),
                        (float) layout.dither()));
    }

    private static int kind(ActivationKind kind) {
        return switch (kind) {
            case LEAKY -> Kernels.AMBI_ACTIVATION_LEAKY;
            case CLIPPED -> Kernels.AMBI_ACTIVATION_CLIPPED;
            case QUANTISED -> Kernels.AMBI_ACTIVATION_QUANTISED;
        };
    }

    @Override
    public void dropout(DeviceBuffer x, DeviceBuffer y, DeviceBuffer seed, long count, double probability, long salt) {
        threads.enter();
        LongPointer numbers = CpuBuffer.longs(seed);
        check(
                "dropout",
                Kernels.ambi_dropout(
                        CpuBuffer.floats(x),
                        CpuBuffer.floats(y),
                        count,
                        (float) probability,
                        numbers.get(0) + salt,
                        numbers.get(1)));
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
        threads.enter();
        check(
                "softmaxLoss",
                Kernels.ambi_softmax_loss(
                        CpuBuffer.floats(logits),
                        CpuBuffer.ints(labels),
                        CpuBuffer.floats(teacher),
                        CpuBuffer.doubles(factor),
                        CpuBuffer.floats(gradient),
                        CpuBuffer.doubles(result),
                        rows,
                        classes,
                        loss.labelWeight(),
                        (float) loss.smoothing(),
                        loss.teacherWeight(),
                        (float) loss.temperature()));
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
                    case MSE -> Kernels.AMBI_RATE_MSE;
                    case KL -> Kernels.AMBI_RATE_KL;
                };
        threads.enter();
        check(
                "rateLoss",
                Kernels.ambi_rate_loss(
                        CpuBuffer.floats(rate),
                        CpuBuffer.floats(target),
                        CpuBuffer.doubles(factor),
                        CpuBuffer.floats(gradient),
                        CpuBuffer.doubles(result),
                        CpuBuffer.doubles(scratch),
                        count,
                        code,
                        (float) epsilon,
                        weight));
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
        threads.enter();
        check(
                "variancePenalty",
                Kernels.ambi_variance_penalty(
                        CpuBuffer.floats(activations),
                        CpuBuffer.doubles(weight.loss()),
                        CpuBuffer.floats(gradient),
                        CpuBuffer.doubles(eta),
                        CpuBuffer.doubles(scratch),
                        rows,
                        channels,
                        grouping.byChannel() ? 1 : 0,
                        grouping.byPolarity() ? 1 : 0,
                        (float) epsilon,
                        weight.weight(),
                        weight.layers()));
    }

    @Override
    public void clip(DeviceBuffer numbers, DeviceBuffer squares, double limit, DeviceBuffer clip) {
        threads.enter();
        check(
                "clip",
                Kernels.ambi_clip(
                        CpuBuffer.doubles(numbers),
                        CpuBuffer.doubles(squares),
                        CpuBuffer.doubles(clip),
                        Math.toIntExact(numbers.bytes() / Double.BYTES),
                        Math.toIntExact(squares.bytes() / Double.BYTES),
                        limit));
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
        threads.enter();
        check(
                "sgd",
                Kernels.ambi_sgd(
                        CpuBuffer.floats(parameters),
                        CpuBuffer.floats(gradients),
                        CpuBuffer.floats(momentum),
                        CpuBuffer.doubles(step.schedule()),
                        CpuBuffer.doubles(step.clip()),
                        parameters.floats(),
                        update.learningRate(),
                        (float) momentumFactor,
                        nesterov ? 1 : 0,
                        (float) update.decay(),
                        (float) update.l2(),
                        update.logSpace() ? 1 : 0));
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
        threads.enter();
        check(
                "adamW",
                Kernels.ambi_adamw(
                        CpuBuffer.floats(parameters),
                        CpuBuffer.floats(gradients),
                        CpuBuffer.floats(firstMoment),
                        CpuBuffer.floats(secondMoment),
                        CpuBuffer.doubles(step.schedule()),
                        CpuBuffer.doubles(step.clip()),
                        parameters.floats(),
                        update.learningRate(),
                        (float) settings.beta1(),
                        (float) settings.beta2(),
                        (float) settings.epsilon(),
                        (float) update.decay(),
                        (float) update.l2(),
                        update.logSpace() ? 1 : 0));
    }

    @Override
    public void movingAverage(DeviceBuffer average, DeviceBuffer parameters, DeviceBuffer decay, DeviceBuffer clip) {
        threads.enter();
        check(
                "movingAverage",
                Kernels.ambi_ema(
                        CpuBuffer.floats(average),
                        CpuBuffer.floats(parameters),
                        CpuBuffer.doubles(decay),
                        CpuBuffer.doubles(clip),
                        average.floats()));
    }

    @Override
    public void nesterov(
            DeviceBuffer gradients, DeviceBuffer momentum, DeviceBuffer direction, double factor, DeviceBuffer clip) {
        threads.enter();
        check(
                "nesterov",
                Kernels.ambi_nesterov(
                        CpuBuffer.floats(gradients),
                        CpuBuffer.floats(momentum),
                        CpuBuffer.floats(direction),
                        CpuBuffer.doubles(clip),
                        gradients.floats(),
                        (float) factor));
    }

    @Override
    public void unit(DeviceBuffer x, Segments tensors, DeviceBuffer squares) {
        threads.enter();
        check(
                "unit",
                Kernels.ambi_unit(
                        CpuBuffer.floats(x),
                        CpuBuffer.longs(tensors.table()),
                        CpuBuffer.doubles(squares),
                        x.floats(),
                        tensors.count()));
    }

    @Override
    public void muonMove(
            ParameterUpdate update,
            UpdateStep step,
            DeviceBuffer parameters,
            DeviceBuffer direction,
            Segments tensors,
            DeviceBuffer sizes) {
        threads.enter();
        check(
                "muonMove",
                Kernels.ambi_muon_move(
                        CpuBuffer.floats(parameters),
                        CpuBuffer.floats(direction),
                        CpuBuffer.longs(tensors.table()),
                        CpuBuffer.doubles(sizes),
                        CpuBuffer.doubles(step.schedule()),
                        CpuBuffer.doubles(step.clip()),
                        parameters.floats(),
                        tensors.count(),
                        update.learningRate(),
                        update.decay()));
    }

    @Override
    public void sumsOfSquares(DeviceBuffer x, Segments tensors, DeviceBuffer result, DeviceBuffer scratch) {
        threads.enter();
        check(
                "sumsOfSquares",
                Kernels.ambi_sum_squares(
                        CpuBuffer.floats(x),
                        CpuBuffer.longs(tensors.table()),
                        CpuBuffer.doubles(result),
                        CpuBuffer.doubles(scratch),
                        x.floats(),
                        tensors.count()));
    }

    @Override
    public void scale(DeviceBuffer x, double factor) {
        threads.enter();
        check("scale", Kernels.ambi_scale(CpuBuffer.floats(x), x.floats(), (float) factor));
    }

    @Override
    public void fill(DeviceBuffer x, double value) {
        threads.enter();
        check("fill", Kernels.ambi_fill(CpuBuffer.floats(x), x.floats(), (float) value));
    }

    @Override
    public void copy(DeviceBuffer source, DeviceBuffer target) {
        threads.enter();
        check("copy", Kernels.ambi_copy(CpuBuffer.floats(source), CpuBuffer.floats(target), source.floats()));
    }

    @Override
    public void add(DeviceBuffer a, DeviceBuffer b, DeviceBuffer y) {
        threads.enter();
        check("add", Kernels.ambi_add(CpuBuffer.floats(a), CpuBuffer.floats(b), CpuBuffer.floats(y), y.floats()));
    }

    @Override
    public void gatherRows(DeviceBuffer x, DeviceBuffer index, DeviceBuffer y, int rows, long width) {
        threads.enter();
        check(
                "gatherRows",
                Kernels.ambi_gather_rows(CpuBuffer.floats(x), CpuBuffer.ints(index), CpuBuffer.floats(y), rows, width));
    }

    @Override
    public void expand(DeviceBuffer x, DeviceBuffer y) {
        threads.enter();
        check("expand", Kernels.ambi_expand(CpuBuffer.floats(x), CpuBuffer.floats(y), Math.toIntExact(y.floats())));
    }

    @Override
    public void reduce(DeviceBuffer x, DeviceBuffer y) {
        threads.enter();
        check("reduce", Kernels.ambi_reduce(CpuBuffer.floats(x), CpuBuffer.floats(y), Math.toIntExact(x.floats())));
    }

    @Override
    public void runningMean(DeviceBuffer x, DeviceBuffer y, long count, int steps) {
        threads.enter();
        check("runningMean", Kernels.ambi_running_mean(CpuBuffer.floats(x), CpuBuffer.floats(y), count, steps));
    }

    @Override
    public void spreadMean(DeviceBuffer x, DeviceBuffer y, long count, int steps) {
        threads.enter();
        check("spreadMean", Kernels.ambi_spread_mean(CpuBuffer.floats(x), CpuBuffer.floats(y), count, steps));
    }
}
