package org.ambispike.bench;

/**
 * One kernel or library call of an inference, and what it must move and compute.
 *
 * @param own whether it is a kernel of ours rather than a library's product
 * @param bytes each input read once, each output written once
 * @param operations of floating-point numbers, two for a multiply-add
 */
record GpuPart(String name, boolean own, Runnable work, double bytes, double operations) {
    /** The least milliseconds: the larger of moving and computing. */
    double floor(double bytesPerMillisecond, double operationsPerMillisecond) {
        return Math.max(bytes / bytesPerMillisecond, operations / operationsPerMillisecond);
    }
}
