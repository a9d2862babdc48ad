package org.ambispike.backend.cpu;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Set;
import org.ambispike.backend.BackendException;
import org.ambispike.backend.DeviceBuffer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The books of one backend's allocations. */
final class CpuMemory implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(CpuMemory.class);

    private final SystemMemory system = new SystemMemory(Path.of("/"));
    private final Set<CpuBlock> blocks = Collections.newSetFromMap(new IdentityHashMap<>());
    private long liveBytes;
    private long allocations;
    private boolean open = true;

    DeviceBuffer allocate(String label, long bytes) {
        if (!open) {
            throw new IllegalStateException("buffer '" + label + "' is asked of a CPU backend that was closed");
        }
        if (bytes < 0) {
            throw new IllegalArgumentException("buffer '" + label + "' cannot have " + bytes + " bytes");
        }
        long available = availableBytes();
        CpuBlock block = bytes > available ? null : CpuBlock.allocate(this, label, bytes);
        if (block == null) {
            throw new BackendException("no room for buffer '" + label + "' of " + mebibytes(bytes) + ": "
                    + mebibytes(available) + " are free and " + mebibytes(liveBytes)
                    + " already held; use a smaller batch or fewer time steps");
        }
        blocks.add(block);
        liveBytes += bytes;
        allocations++;
        return CpuBuffer.owning(block);
    }

    void freed(CpuBlock block) {
        blocks.remove(block);
        liveBytes -= block.bytes();
    }

    long liveBytes() {
        return liveBytes;
    }

    long allocations() {
        return allocations;
    }

    long availableBytes() {
        return system.availableBytes();
    }

    /** Frees what was left open, and says so. */
    @Override
    public void close() {
        open = false;
        if (!blocks.isEmpty()) {
            List<CpuBlock> left = new ArrayList<>(blocks);
            LOG.warn(
                    "{} buffer(s) of {} together were left open, the first is '{}'",
                    left.size(),
                    mebibytes(liveBytes),
                    left.get(0).label());
            left.forEach(CpuBlock::free);
        }
    }

    private static String mebibytes(long bytes) {
        return String.format(java.util.Locale.ROOT, "%.1f MiB", bytes / 1048576.0);
    }
}
