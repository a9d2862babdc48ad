package org.ambispike.backend.cpu;

import org.ambispike.backend.BatchNormLayout;
import org.ambispike.backend.BatchNormParameters;
import org.ambispike.backend.DeviceBuffer;
import org.ambispike.backend.PenaltyWeight;

/** Batch normalisation; each method is one call across the C ABI. */
abstract class CpuBatchNormOperations extends CpuKernelOperations {
    CpuBatchNormOperations(CpuThreads threads) {
        super(threads);
    }

    @Override
    public void batchNormTraining(
            BatchNormLayout layout,
            DeviceBuffer x,
            BatchNormParameters parameters,
            DeviceBuffer statistics,
            DeviceBuffer y,
            DeviceBuffer scratch) {
        threads().enter();
        check(
                "batchNormTraining",
                Kernels.ambi_normalise_training(
                        CpuBuffer.floats(x),
                        CpuBuffer.floats(parameters.gamma()),
                        CpuBuffer.floats(parameters.beta()),
                        CpuBuffer.floats(parameters.mean()),
                        CpuBuffer.floats(parameters.variance()),
                        CpuBuffer.floats(statistics),
                        CpuBuffer.floats(y),
                        CpuBuffer.floats(scratch),
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
        threads().enter();
        check(
                "batchNormInference",
                Kernels.ambi_normalise_inference(
                        CpuBuffer.floats(x),
                        CpuBuffer.floats(parameters.gamma()),
                        CpuBuffer.floats(parameters.beta()),
                        CpuBuffer.floats(parameters.mean()),
                        CpuBuffer.floats(parameters.variance()),
                        CpuBuffer.floats(y),
                        CpuBuffer.floats(scratch),
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
            DeviceBuffer gradY,
            DeviceBuffer gradX,
            BatchNormParameters gradients,
            DeviceBuffer scratch) {
        threads().enter();
        check(
                "batchNormBackward",
                Kernels.ambi_normalise_backward(
                        CpuBuffer.floats(x),
                        CpuBuffer.floats(parameters.gamma()),
                        CpuBuffer.floats(statistics),
                        CpuBuffer.floats(gradY),
                        CpuBuffer.floats(gradX),
                        CpuBuffer.floats(gradients.gamma()),
                        CpuBuffer.floats(gradients.beta()),
                        CpuBuffer.floats(scratch),
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
        threads().enter();
        check(
                "batchNormPenalty",
                Kernels.ambi_normalise_penalty(
                        CpuBuffer.floats(parameters.gamma()),
                        CpuBuffer.floats(parameters.beta()),
                        CpuBuffer.doubles(weight.loss()),
                        CpuBuffer.floats(gradients.gamma()),
                        CpuBuffer.floats(gradients.beta()),
                        CpuBuffer.doubles(eta),
                        channels,
                        (float) epsilon,
                        weight.weight(),
                        weight.layers()));
    }
}
