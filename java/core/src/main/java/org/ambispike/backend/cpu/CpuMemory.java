package org.ambispike.backend.cpu;

import java.nio.file.Path;
import java.util.Optional;
import org.ambispike.backend.DeviceBuffer;
import org.ambispike.backend.NativeBlock;
import org.ambispike.backend.NativeMemory;

/** The C heap, as far as the system lets this process grow. */
final class CpuMemory extends NativeMemory {
    private final SystemMemory system = new SystemMemory(Path.of("/"));
    private final CpuThreads threads;

    CpuMemory(CpuThreads threads) {
        super("CPU");
        this.threads = threads;
    }

    @Override
    protected Optional<NativeBlock> reserve(String label, long bytes) {
        return CpuBlock.allocate(this, label, bytes);
    }

    @Override
    protected DeviceBuffer owning(NativeBlock block) {
        return new CpuBuffer(block);
    }

    @Override
    public long availableBytes() {
        return system.availableBytes();
    }

    @Override
    public long scratchBytes(int channels, int sums) {
        return threads.scratchBytes(channels, sums);
    }

    @Override
    public void upload(float[] source, int offset, int count, DeviceBuffer target) {
        CpuBuffer.of(target).requireRoom((long) count * Float.BYTES);
        CpuBuffer.of(target).floatPointer().put(source, offset, count);
    }

    @Override
    public void upload(int[] source, int offset, int count, DeviceBuffer target) {
        CpuBuffer.of(target).requireRoom((long) count * Integer.BYTES);
        CpuBuffer.of(target).intPointer().put(source, offset, count);
    }

    @Override
    public void upload(double[] source, DeviceBuffer target) {
        CpuBuffer.of(target).requireRoom((long) source.length * Double.BYTES);
        CpuBuffer.of(target).doublePointer().put(source);
    }

    @Override
    public void download(DeviceBuffer source, float[] target, int offset, int count) {
        CpuBuffer.of(source).requireRoom((long) count * Float.BYTES);
        CpuBuffer.of(source).floatPointer().get(target, offset, count);
    }

    @Override
    public void download(DeviceBuffer source, double[] target) {
        CpuBuffer.of(source).requireRoom((long) target.length * Double.BYTES);
        CpuBuffer.of(source).doublePointer().get(target);
    }

    @Override
    public void download(DeviceBuffer source, long[] target) {
        CpuBuffer.of(source).requireRoom((long) target.length * Long.BYTES);
        CpuBuffer.of(source).longPointer().get(target);
    }

    @Override
    public void upload(byte[] source, int offset, int count, DeviceBuffer target) {
        CpuBuffer.of(target).requireRoom(count);
        CpuBuffer.of(target).bytePointer().put(source, offset, count);
    }

    @Override
    public void download(DeviceBuffer source, byte[] target, int offset, int count) {
        CpuBuffer.of(source).requireRoom(count);
        CpuBuffer.of(source).bytePointer().get(target, offset, count);
    }

    @Override
    public void fill(DeviceBuffer x, double value) {
        threads.check("fill", threads.kernels()._fill(threads.floats(x), x.floats(), (float) value, threads.stream()));
    }

    @Override
    public void copy(DeviceBuffer source, DeviceBuffer target) {
        threads.check(
                "copy",
                threads.kernels()
                        .copy(threads.floats(source), threads.floats(target), source.floats(), threads.stream()));
    }
}
