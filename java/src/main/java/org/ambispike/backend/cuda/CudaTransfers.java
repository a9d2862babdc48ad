package org.ambispike.backend.cuda;

import org.bytedeco.javacpp.BytePointer;
import org.bytedeco.javacpp.Pointer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Copies between Java arrays and the device, through one piece of pinned host memory. Used by one thread. */
final class CudaTransfers implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(CudaTransfers.class);
    private static final int BYTES = 1 << 20;

    private final CudaStream stream;
    private final Pointer allocation = new Pointer();
    private final BytePointer staging;
    private boolean open = true;

    CudaTransfers(CudaStream stream) {
        this.stream = stream;
        CudaStatus.check("pinning host memory", CudaKernels.ambi_cuda_allocate_host(allocation, BYTES));
        this.staging = new BytePointer(allocation);
    }

    /** Moves elements [first, first + count) of an array to or from the staging memory. */
    @FunctionalInterface
    interface Part {
        void move(BytePointer staging, int first, int count);
    }

    void upload(CudaBuffer target, int count, int elementBytes, Part toStaging) {
        target.requireRoom((long) count * elementBytes);
        int most = BYTES / elementBytes;
        for (int first = 0; first < count; first += most) {
            int size = Math.min(most, count - first);
            toStaging.move(staging, first, size);
            Pointer at = target.pointer((long) first * elementBytes);
            long bytes = (long) size * elementBytes;
            CudaStatus.check(
                    "copying to '" + target.label() + "'",
                    CudaKernels.ambi_cuda_upload(allocation, at, bytes, stream.address()));
        }
    }

    void download(CudaBuffer source, int count, int elementBytes, Part fromStaging) {
        source.requireRoom((long) count * elementBytes);
        int most = BYTES / elementBytes;
        for (int first = 0; first < count; first += most) {
            int size = Math.min(most, count - first);
            Pointer at = source.pointer((long) first * elementBytes);
            long bytes = (long) size * elementBytes;
            CudaStatus.check(
                    "copying from '" + source.label() + "'",
                    CudaKernels.ambi_cuda_download(at, allocation, bytes, stream.address()));
            fromStaging.move(staging, first, size);
        }
    }

    @Override
    public void close() {
        if (open) {
            open = false;
            int code = CudaKernels.ambi_cuda_free_host(allocation);
            if (code != CudaKernels.AMBI_OK) {
                LOG.warn("pinned memory could not be freed: {}", CudaStatus.text(code));
            }
        }
    }
}
