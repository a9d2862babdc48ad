package org.ambispike.backend.cpu;

import org.ambispike.backend.AdamSettings;
import org.ambispike.backend.DeviceBuffer;
import org.ambispike.backend.OptimizerKernels;
import org.ambispike.backend.ParameterUpdate;
import org.ambispike.backend.Segments;
import org.ambispike.backend.UpdateStep;

/** Updates of parameters by our own kernels; each method is one call across the C ABI, and on a GPU returns at once. */
public final class NativeOptimizerKernels implements OptimizerKernels {
    private final KernelDevice device;
    private final KernelTable kernels;

    /** @param device that the kernels are of */
    public NativeOptimizerKernels(KernelDevice device) {
        this.device = device;
        this.kernels = device.kernels();
    }

    @Override
    public void clip(DeviceBuffer numbers, DeviceBuffer squares, double limit, DeviceBuffer clip) {
        device.check(
                "clip",
                kernels.clip(
                        device.doubles(numbers),
                        device.doubles(squares),
                        device.doubles(clip),
                        Math.toIntExact(numbers.bytes() / Double.BYTES),
                        Math.toIntExact(squares.bytes() / Double.BYTES),
                        limit,
                        device.stream()));
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
        device.check(
                "sgd",
                kernels.sgd(
                        device.floats(parameters),
                        device.floats(gradients),
                        device.floats(momentum),
                        device.doubles(step.schedule()),
                        device.doubles(step.clip()),
                        parameters.floats(),
                        update.learningRate(),
                        (float) momentumFactor,
                        nesterov ? 1 : 0,
                        (float) update.decay(),
                        (float) update.l2(),
                        update.logSpace() ? 1 : 0,
                        device.stream()));
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
        device.check(
                "adamW",
                kernels.adamw(
                        device.floats(parameters),
                        device.floats(gradients),
                        device.floats(firstMoment),
                        device.floats(secondMoment),
                        device.doubles(step.schedule()),
                        device.doubles(step.clip()),
                        parameters.floats(),
                        update.learningRate(),
                        (float) settings.beta1(),
                        (float) settings.beta2(),
                        (float) settings.epsilon(),
                        (float) update.decay(),
                        (float) update.l2(),
                        update.logSpace() ? 1 : 0,
                        device.stream()));
    }

    @Override
    public void movingAverage(DeviceBuffer average, DeviceBuffer parameters, DeviceBuffer decay, DeviceBuffer clip) {
        device.check(
                "movingAverage",
                kernels.ema(
                        device.floats(average),
                        device.floats(parameters),
                        device.doubles(decay),
                        device.doubles(clip),
                        average.floats(),
                        device.stream()));
    }

    @Override
    public void nesterov(
            DeviceBuffer gradients, DeviceBuffer momentum, DeviceBuffer direction, double factor, DeviceBuffer clip) {
        device.check(
                "nesterov",
                kernels.nesterov(
                        device.floats(gradients),
                        device.floats(momentum),
                        device.floats(direction),
                        device.doubles(clip),
                        gradients.floats(),
                        (float) factor,
                        device.stream()));
    }

    @Override
    public void unit(DeviceBuffer x, Segments tensors, DeviceBuffer squares) {
        device.check(
                "unit",
                kernels.unit(
                        device.floats(x),
                        device.longs(tensors.table()),
                        device.doubles(squares),
                        x.floats(),
                        tensors.count(),
                        device.stream()));
    }

    @Override
    public void muonMove(
            ParameterUpdate update,
            UpdateStep step,
            DeviceBuffer parameters,
            DeviceBuffer direction,
            Segments tensors,
            DeviceBuffer sizes) {
        device.check(
                "muonMove",
                kernels.muon_move(
                        device.floats(parameters),
                        device.floats(direction),
                        device.longs(tensors.table()),
                        device.doubles(sizes),
                        device.doubles(step.schedule()),
                        device.doubles(step.clip()),
                        parameters.floats(),
                        tensors.count(),
                        update.learningRate(),
                        update.decay(),
                        device.stream()));
    }

    @Override
    public void sumsOfSquares(DeviceBuffer x, Segments tensors, DeviceBuffer result, DeviceBuffer scratch) {
        device.check(
                "sumsOfSquares",
                kernels.sum_squares(
                        device.floats(x),
                        device.longs(tensors.table()),
                        device.doubles(result),
                        device.doubles(scratch),
                        x.floats(),
                        tensors.count(),
                        device.stream()));
    }
}
