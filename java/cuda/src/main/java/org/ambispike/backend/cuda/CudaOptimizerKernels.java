package org.ambispike.backend.cuda;

import org.ambispike.backend.AdamSettings;
import org.ambispike.backend.DeviceBuffer;
import org.ambispike.backend.OptimizerKernels;
import org.ambispike.backend.ParameterUpdate;
import org.ambispike.backend.Segments;
import org.ambispike.backend.UpdateStep;

/** Updates of parameters by our own CUDA kernels; each method is one call across the C ABI, and returns at once. */
final class CudaOptimizerKernels implements OptimizerKernels {
    private final CudaStream stream;

    CudaOptimizerKernels(CudaStream stream) {
        this.stream = stream;
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
}
