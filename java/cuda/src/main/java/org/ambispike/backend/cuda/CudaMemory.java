package org.ambispike.backend.cuda;

import java.util.Optional;
import org.ambispike.backend.DeviceBuffer;
import org.ambispike.backend.NativeBlock;
import org.ambispike.backend.NativeMemory;
import org.ambispike.common.BackendException;
import org.bytedeco.javacpp.DoublePointer;
import org.bytedeco.javacpp.FloatPointer;
import org.bytedeco.javacpp.IntPointer;
import org.bytedeco.javacpp.LongPointer;
import org.bytedeco.javacpp.Pointer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The device's memory, as far as the driver says that it is free. */
final class CudaMemory extends NativeMemory {
    private static final Logger LOG = LoggerFactory.getLogger(CudaMemory.class);

    private final CudaStream stream;
    private final CudaTransfers transfers;
    private final LongPointer free = new LongPointer(1);
    private final LongPointer total = new LongPointer(1);
    private boolean saidNotFreed;

    /** @param transfers stay the caller's */
    CudaMemory(CudaStream stream, CudaTransfers transfers) {
        super("CUDA");
        this.stream = stream;
        this.transfers = transfers;
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

    @Override
    public long scratchBytes(int channels, int sums) {
        return stream.scratchBytes(channels, sums);
    }

    @Override
    public void upload(float[] source, int offset, int count, DeviceBuffer target) {
        transfers.upload(CudaBuffer.of(target), count, Float.BYTES, (staging, first, size) -> new FloatPointer(staging)
                .put(source, offset + first, size));
    }

    @Override
    public void upload(int[] source, int offset, int count, DeviceBuffer target) {
        transfers.upload(CudaBuffer.of(target), count, Integer.BYTES, (staging, first, size) -> new IntPointer(staging)
                .put(source, offset + first, size));
    }

    @Override
    public void upload(double[] source, DeviceBuffer target) {
        transfers.upload(
                CudaBuffer.of(target), source.length, Double.BYTES, (staging, first, size) -> new DoublePointer(staging)
                        .put(source, first, size));
    }

    @Override
    public void download(DeviceBuffer source, float[] target, int offset, int count) {
        transfers.download(
                CudaBuffer.of(source), count, Float.BYTES, (staging, first, size) -> new FloatPointer(staging)
                        .get(target, offset + first, size));
    }

    @Override
    public void download(DeviceBuffer source, double[] target) {
        transfers.download(
                CudaBuffer.of(source), target.length, Double.BYTES, (staging, first, size) -> new DoublePointer(staging)
                        .get(target, first, size));
    }

    @Override
    public void download(DeviceBuffer source, long[] target) {
        transfers.download(
                CudaBuffer.of(source), target.length, Long.BYTES, (staging, first, size) -> new LongPointer(staging)
                        .get(target, first, size));
    }

    @Override
    public void upload(byte[] source, int offset, int count, DeviceBuffer target) {
        transfers.upload(
                CudaBuffer.of(target), count, 1, (staging, first, size) -> staging.put(source, offset + first, size));
    }

    @Override
    public void download(DeviceBuffer source, byte[] target, int offset, int count) {
        transfers.download(
                CudaBuffer.of(source), count, 1, (staging, first, size) -> staging.get(target, offset + first, size));
    }

    @Override
    public void fill(DeviceBuffer x, double value) {
        stream.check("fill", stream.kernels()._fill(stream.floats(x), x.floats(), (float) value, stream.stream()));
    }

    @Override
    public void copy(DeviceBuffer source, DeviceBuffer target) {
        stream.check(
                "copy",
                stream.kernels().copy(stream.floats(source), stream.floats(target), source.floats(), stream.stream()));
    }
}
