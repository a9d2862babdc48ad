package org.ambispike.backend.cuda;

import org.ambispike.backend.DeviceBuffer;
import org.ambispike.backend.NativeBuffer;
import org.ambispike.backend.cpu.KernelDevice;
import org.ambispike.backend.cpu.KernelTable;
import org.bytedeco.javacpp.Pointer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The one stream of a backend: all work runs in the order in which it was asked for. Used by one thread. */
final class CudaStream extends KernelDevice implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(CudaStream.class);

    private final Pointer address = new Pointer();
    private boolean open = true;

    /** @param device its number; becomes current for the calling thread */
    CudaStream(int device) {
        super("GPU", new KernelTable(CudaKernels.ambi_cuda_kernels()));
        CudaStatus.check("opening device " + device, CudaKernels.ambi_cuda_open(device, address));
    }

    Pointer address() {
        requireOpen("the stream");
        return address;
    }

    @Override
    public Pointer stream() {
        return address();
    }

    @Override
    public NativeBuffer own(DeviceBuffer buffer) {
        return CudaBuffer.of(buffer);
    }

    @Override
    protected String text(int code) {
        return CudaStatus.text(code);
    }

    void requireOpen(String what) {
        if (!open) {
            throw new IllegalStateException(what + " is used after its CUDA backend was closed");
        }
    }

    void synchronize() {
        CudaStatus.check("waiting for the GPU", CudaKernels.ambi_cuda_synchronize(address()));
    }

    @Override
    public void close() {
        if (open) {
            open = false;
            int code = CudaKernels.ambi_cuda_close(address);
            if (code != CudaKernels.AMBI_OK) {
                LOG.warn("closing the stream failed: {}", CudaStatus.text(code));
            }
        }
    }
}
