package org.ambispike.latency;

/**
 * Memory while calls are made.
 *
 * @param deviceBytes that the session holds on its device: weights, and the executors of this batch and T
 * @param residentBytes the most that was resident of the whole process at once, Java's heap and loaded libraries
 *     included; 0 where the system does not tell
 */
public record CallMemory(long deviceBytes, long residentBytes) {
    CallMemory orMore(CallMemory other) {
        return new CallMemory(Math.max(deviceBytes, other.deviceBytes), Math.max(residentBytes, other.residentBytes));
    }
}
