package org.ambispike.backend.cpu;

import org.ambispike.backend.AdamSettings;
import org.ambispike.backend.DeviceBuffer;
import org.ambispike.backend.OptimizerKernels;
import org.ambispike.backend.ParameterUpdate;
import org.ambispike.backend.Segments;
import org.ambispike.backend.UpdateStep;

/** Updates of parameters by our own C++ kernels; each method is one call across the C ABI. */
final class CpuOptimizerKernels implements OptimizerKernels {
    private final CpuThreads threads;

    CpuOptimizerKernels(CpuThreads threads) {
        this.threads = threads;
    }

    @Override
    public void clip(DeviceBuffer numbers, DeviceBuffer squares, double limit, DeviceBuffer clip) {
        threads.enter();
        CpuStatus.check(
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
        CpuStatus.check(
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
        CpuStatus.check(
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
        CpuStatus.check(
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
        CpuStatus.check(
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
        CpuStatus.check(
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
        CpuStatus.check(
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
        CpuStatus.check(
                "sumsOfSquares",
                Kernels.ambi_sum_squares(
                        CpuBuffer.floats(x),
                        CpuBuffer.longs(tensors.table()),
                        CpuBuffer.doubles(result),
                        CpuBuffer.doubles(scratch),
                        x.floats(),
                        tensors.count()));
    }
}
