package org.ambispike.backend.cpu;

import java.nio.file.Path;
import java.util.Optional;
import org.ambispike.backend.DeviceBuffer;
import org.ambispike.backend.NativeBlock;
import org.ambispike.backend.NativeMemory;

/** The C heap, as far as the system lets this process grow. */
final class CpuMemory extends NativeMemory {
    private final SystemMemory system = new SystemMemory(Path.of("/"));

    CpuMemory() {
        super("CPU");
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
}
