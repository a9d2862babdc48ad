package org.ambispike.backend.cpu;

import org.ambispike.common.BackendException;

/** Turns the codes of our own C++ kernels into exceptions. */
final class CpuStatus {
    private CpuStatus() {}

    static void check(String operation, int code) {
        if (code != Kernels.AMBI_OK) {
            String reason = code == Kernels.AMBI_EARGUMENT ? "an argument is out of range" : "unknown error";
            throw new BackendException(operation + " failed on the CPU: " + reason + " (code " + code + ")");
        }
    }
}
