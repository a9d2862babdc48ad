package org.ambispike.backend.cpu;

import org.ambispike.common.BackendException;

/**
 * The number of OpenMP threads of one backend. OpenMP keeps the number for each calling thread, and other backends may
 * want another, so it is set again before work whenever it is not ours; scratch is sized by it.
 */
final class CpuThreads {
    private final int count;

    CpuThreads(int count) {
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
}
