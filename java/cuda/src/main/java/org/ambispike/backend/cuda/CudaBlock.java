package org.ambispike.backend.cuda;

import java.util.Optional;
import org.ambispike.backend.NativeBlock;
import org.bytedeco.javacpp.BytePointer;
import org.bytedeco.javacpp.Pointer;

/** One allocation on the device, zeroed; CUDA aligns it to 256 bytes. */
final class CudaBlock extends NativeBlock {
    private final CudaMemory books;
    private final Pointer allocation;

    private CudaBlock(CudaMemory memory, String label, long bytes, Pointer allocation) {
        super(memory, label, bytes, new BytePointer(allocation));
        this.books = memory;
        this.allocation = allocation;
    }

    /** Empty where the device has no room. */
    static Optional<NativeBlock> allocate(CudaMemory memory, CudaStream stream, String label, long bytes) {
        Pointer allocation = new Pointer();
        long atLeastOne = Math.max(1, bytes);
        if (CudaKernels.ambi_cuda_allocate(allocation, atLeastOne) != CudaKernels.AMBI_OK) {
            return Optional.empty();
        }
        CudaBlock block = new CudaBlock(memory, label, bytes, allocation);
        CudaStatus.check(
                "clearing '" + label + "'", CudaKernels.ambi_cuda_clear(allocation, atLeastOne, stream.address()));
        return Optional.of(block);
    }

    @Override
    protected void release() {
        int code = CudaKernels.ambi_cuda_free(allocation);
        if (code != CudaKernels.AMBI_OK) {
            books.notFreed(code);
        }
    }
}
