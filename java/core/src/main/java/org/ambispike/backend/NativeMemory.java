package org.ambispike.backend;

import java.util.ArrayList;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.regex.Pattern;
import org.ambispike.common.BackendException;
import org.bytedeco.javacpp.Loader;
import org.bytedeco.javacpp.Pointer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The books of one backend's allocations. Used by one thread. */
public abstract class NativeMemory implements DeviceMemory, AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(NativeMemory.class);

    /** How many of this class loader are open: the last one leaves no thread behind. */
    private static final AtomicInteger OPEN = new AtomicInteger();

    private static final Pattern OURS =
            Pattern.compile("(jni)?(javacpp|gomp|dnnl|OpenCL|ambispike|Kernels|cu|Cu|nv).*");

    private final String device;
    private final Set<NativeBlock> blocks = Collections.newSetFromMap(new IdentityHashMap<>());
    private long liveBytes;
    private long allocations;
    private boolean open = true;

    /** @param device for messages: for example {@code CPU} */
    protected NativeMemory(String device) {
        this.device = device;
        OPEN.incrementAndGet();
    }

    /** Zeroed memory; empty where the device has no room. */
    protected abstract Optional<NativeBlock> reserve(String label, long bytes);

    /** The buffer that owns a block that {@link #reserve} made. */
    protected abstract DeviceBuffer owning(NativeBlock block);

    @Override
    public final DeviceBuffer allocate(String label, long bytes) {
        if (!open) {
            throw new IllegalStateException(
                    "buffer '" + label + "' is asked of a " + device + " backend that was closed");
        }
        if (bytes < 0) {
            throw new IllegalArgumentException("buffer '" + label + "' cannot have " + bytes + " bytes");
        }
        Pointer.deallocateReferences(); // of what was planned before
        long available = availableBytes();
        Optional<NativeBlock> block = bytes > available ? Optional.empty() : reserve(label, bytes);
        if (block.isEmpty()) {
            throw noRoom(label, bytes, available);
        }
        blocks.add(block.get());
        liveBytes += bytes;
        allocations++;
        return owning(block.get());
    }

    /** What says that the device has no room for a buffer. */
    protected final BackendException noRoom(String label, long bytes, long available) {
        return new BackendException("no room for buffer '" + label + "' of " + mebibytes(bytes) + ": "
                + mebibytes(available) + " are free and " + mebibytes(liveBytes)
                + " already held; use a smaller batch or fewer time steps");
    }

    final void freed(NativeBlock block) {
        blocks.remove(block);
        liveBytes -= block.bytes();
    }

    @Override
    public final long liveBytes() {
        return liveBytes;
    }

    @Override
    public final long allocations() {
        return allocations;
    }

    /** Frees what was left open, and says so. */
    @Override
    public final void close() {
        if (!open) {
            return;
        }
        open = false;
        if (!blocks.isEmpty()) {
            List<NativeBlock> left = new ArrayList<>(blocks);
            LOG.warn(
                    "{} buffer(s) of {} together were left open, the first is '{}'",
                    left.size(),
                    mebibytes(liveBytes),
                    left.get(0).label());
            left.forEach(NativeBlock::free);
        }
        Pointer.deallocateReferences();
        if (OPEN.decrementAndGet() == 0) {
            endThread();
        }
    }

    /**
     * Ends JavaCPP's thread, which else runs as long as the process does and keeps the class loader that it came with; what later
     * sessions leave to the garbage collector is freed when they are closed. It stays where a program uses JavaCPP for more.
     */
    private static void endThread() {
        if (Loader.getLoadedLibraries().keySet().stream()
                .allMatch(library -> OURS.matcher(library).matches())) {
            Pointer.interruptDeallocatorThread();
        }
    }

    private static String mebibytes(long bytes) {
        return String.format(Locale.ROOT, "%.1f MiB", bytes / 1048576.0);
    }
}
