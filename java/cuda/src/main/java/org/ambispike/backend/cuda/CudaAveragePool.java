package org.ambispike.backend.cuda;

import org.ambispike.backend.DeviceBuffer;
import org.ambispike.backend.PoolKernel;
import org.ambispike.graph.PoolGeometry;

/** Average pooling of NHWC maps, f32, by our own kernel: it needs no plan and no workspace. */
record CudaAveragePool(CudaStream stream, String label, PoolGeometry geometry, int batch) implements PoolKernel {
    @Override
    public void forward(DeviceBuffer src, DeviceBuffer dst) {
        CudaStatus.check(
                label + " forward",
                CudaKernels.ambi_cuda_average_pool_forward(
                        stream.floats(src),
                        stream.floats(dst),
                        batch,
                        geometry.height(),
                        geometry.width(),
                        geometry.channels(),
                        geometry.kernel(),
                        geometry.stride(),
                        stream.address()));
    }

    @Override
    public void backward(DeviceBuffer gradDst, DeviceBuffer gradSrc) {
        CudaStatus.check(
                label + " backward",
                CudaKernels.ambi_cuda_average_pool_backward(
                        stream.floats(gradDst),
                        stream.floats(gradSrc),
                        batch,
                        geometry.height(),
                        geometry.width(),
                        geometry.channels(),
                        geometry.kernel(),
                        geometry.stride(),
                        stream.address()));
    }

    @Override
    public void close() {
        // holds nothing
    }
}
