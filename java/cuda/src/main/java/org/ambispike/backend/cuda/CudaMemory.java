package org.ambispike.backend.cuda;

import java.util.Optional;
import org.ambispike.backend.DeviceBuffer;
import org.ambispike.backend.NativeBlock;
import org.ambispike.backend.NativeMemory;
import org.ambispike.common.BackendException;
import org.bytedeco.javacpp.LongPointer;
import org.bytedeco.javacpp.Pointer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The device's memory, as far as the driver says that it is free. */
final class CudaMemory extends NativeMemory {
    private static final Logger LOG = LoggerFactory.getLogger(CudaMemory.class);

    private final CudaStream stream;
    private final LongPointer free = new LongPointer(1);
    private final LongPointer total = new LongPointer(1);
    private boolean saidNotFreed;

    CudaMemory(CudaStream stream) {
        super("CUDA");
        this.stream = stream;
    }

    @Override
    protected Optional<NativeBlock> reserve(String label, long bytes) {
        return CudaBlock.allocate(this, stream, label, bytes);
    }

    @Override
    protected DeviceBuffer owning(NativeBlock block) {
        return new CudaBuffer(block);
    }

    /**
     * Memory that a library works in, to be freed by the caller; no buffer, and not among the live bytes.
     *
     * @throws BackendException naming it, its size and what is free, if the device has no room
     */
    Pointer workspace(String label, long bytes) {
        Pointer allocation = new Pointer();
        long available = availableBytes();
        if (CudaKernels.ambi_cuda_allocate(allocation, bytes) != CudaKernels.AMBI_OK) {
            throw noRoom(label, bytes, available);
        }
        return allocation;
    }

    /** Said once: after a kernel has failed, the device refuses all that follows. */
    void notFreed(int code) {
        if (!saidNotFreed) {
            saidNotFreed = true;
            LOG.warn("buffers could not be freed: {}", CudaStatus.text(code));
        }
    }

    @Override
    public long availableBytes() {
        CudaStatus.check("asking for free memory", CudaKernels.ambi_cuda_memory(free, total));
        return free.get();
    }
}
