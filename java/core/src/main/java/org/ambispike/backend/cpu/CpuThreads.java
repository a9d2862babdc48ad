package org.ambispike.backend.cpu;

import org.ambispike.backend.DeviceBuffer;
import org.ambispike.backend.NativeBuffer;
import org.ambispike.common.BackendException;
import org.bytedeco.javacpp.Pointer;

/**
 * The number of OpenMP threads of one backend. OpenMP keeps the number for each calling thread, and other backends may
 * want another, so it is set again before work whenever it is not ours; scratch is sized by it.
 */
final class CpuThreads extends KernelDevice {
    private final int count;

    CpuThreads(int count) {
        super("CPU", Kernels.ambi_kernels());
        this.count = count;
    }

    int count() {
        return count;
    }

    void enter() {
        if (Kernels.ambi_threads() != count && Kernels.ambi_set_threads(count) != Kernels.AMBI_OK) {
            throw new BackendException("the CPU backend cannot run on " + count + " threads; ask for fewer");
        }
    }

    @Override
    public Pointer stream() {
        enter();
        return null;
    }

    @Override
    public NativeBuffer own(DeviceBuffer buffer) {
        return CpuBuffer.of(buffer);
    }

    @Override
    protected String text(int code) {
        return code == Kernels.AMBI_EARGUMENT ? "an argument is out of range" : "unknown error";
    }
}
