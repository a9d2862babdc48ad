package org.ambispike.backend.cuda;

import org.ambispike.backend.BatchNormLayout;
import org.ambispike.backend.BatchNormParameters;
import org.ambispike.backend.DeviceBuffer;
import org.ambispike.backend.PenaltyWeight;

/** Batch normalisation; each method is one call across the C ABI, and returns at once. */
abstract class CudaBatchNormOperations extends CudaKernelOperations {
    CudaBatchNormOperations(CudaStream stream) {
        super(stream);
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
                        CudaBuffer.floats(x),
                        CudaBuffer.floats(parameters.gamma()),
                        CudaBuffer.floats(parameters.beta()),
                        CudaBuffer.floats(parameters.mean()),
                        CudaBuffer.floats(parameters.variance()),
                        CudaBuffer.floats(statistics),
                        CudaBuffer.floats(y),
                        CudaBuffer.floats(scratch),
                        layout.rows(),
                        layout.channels(),
                        (float) layout.epsilon(),
                        (float) layout.momentum(),
                        stream().address()));
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
                        CudaBuffer.floats(x),
                        CudaBuffer.floats(parameters.gamma()),
                        CudaBuffer.floats(parameters.beta()),
                        CudaBuffer.floats(parameters.mean()),
                        CudaBuffer.floats(parameters.variance()),
                        CudaBuffer.floats(y),
                        CudaBuffer.floats(scratch),
                        layout.rows(),
                        layout.channels(),
                        (float) layout.epsilon(),
                        stream().address()));
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
        CudaStatus.check(
                "batchNormBackward",
                CudaKernels.ambi_cuda_normalise_backward(
                        CudaBuffer.floats(x),
                        CudaBuffer.floats(parameters.gamma()),
                        CudaBuffer.floats(statistics),
                        CudaBuffer.floats(gradY),
                        CudaBuffer.floats(gradX),
                        CudaBuffer.floats(gradients.gamma()),
                        CudaBuffer.floats(gradients.beta()),
                        CudaBuffer.floats(scratch),
                        layout.rows(),
                        layout.channels(),
                        stream().address()));
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
                        CudaBuffer.floats(parameters.gamma()),
                        CudaBuffer.floats(parameters.beta()),
                        CudaBuffer.doubles(weight.loss()),
                        CudaBuffer.floats(gradients.gamma()),
                        CudaBuffer.floats(gradients.beta()),
                        CudaBuffer.doubles(eta),
                        channels,
                        (float) epsilon,
                        weight.weight(),
                        weight.layers(),
                        stream().address()));
    }
}
