package org.ambispike.backend.cuda;

import org.bytedeco.javacpp.BytePointer;
import org.bytedeco.javacpp.Pointer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Copies between Java arrays and the device, through one piece of pinned host memory. Those to the device do not wait: each
 * takes the next bytes of it, until they are used up or a copy to the host has waited for all before. Used by one thread.
 */
final class CudaTransfers implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(CudaTransfers.class);
    /** A batch of images and what goes with it. */
    private static final int BYTES = 1 << 22;
    /** Where parts begin, so that numbers of any kind may. */
    private static final int ALIGNMENT = 64;

    private final CudaStream stream;
    private final Pointer allocation = new Pointer();
    private final BytePointer staging;
    private int used;
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
            BytePointer part = room(size * elementBytes);
            toStaging.move(part, first, size);
            Pointer at = target.pointer((long) first * elementBytes);
            long bytes = (long) size * elementBytes;
            CudaStatus.check(
                    "copying to '" + target.label() + "'",
                    CudaKernels.ambi_cuda_upload(part, at, bytes, stream.address()));
        }
    }

    /** Waits only where copies that are under way may still need all of the memory. */
    private BytePointer room(int bytes) {
        if (bytes > BYTES - used) {
            stream.synchronize();
            used = 0;
        }
        BytePointer part = staging.getPointer(used);
        used = Math.min(BYTES, (used + bytes + ALIGNMENT - 1) / ALIGNMENT * ALIGNMENT);
        return part;
    }

    void download(CudaBuffer source, int count, int elementBytes, Part fromStaging) {
        source.requireRoom((long) count * elementBytes);
        int most = BYTES / elementBytes;
        for (int first = 0; first < count; first += most) {
            int size = Math.min(most, count - first);
            BytePointer part = room(size * elementBytes);
            Pointer at = source.pointer((long) first * elementBytes);
            long bytes = (long) size * elementBytes;
            CudaStatus.check(
                    "copying from '" + source.label() + "'",
                    CudaKernels.ambi_cuda_download(at, part, bytes, stream.address()));
            used = 0;
            fromStaging.move(part, first, size);
        }
    }

    @Override
    public void close() {
        if (open) {
            open = false;
            int waited = CudaKernels.ambi_cuda_synchronize(stream.address());
            int freed = CudaKernels.ambi_cuda_free_host(allocation);
            int code = waited != CudaKernels.AMBI_OK ? waited : freed;
            if (code != CudaKernels.AMBI_OK) {
                LOG.warn("pinned memory could not be freed: {}", CudaStatus.text(code));
            }
        }
    }
}
