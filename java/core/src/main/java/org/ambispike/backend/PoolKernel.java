package org.ambispike.backend;

/** Planned average pooling. Used by one thread. */
public interface PoolKernel extends AutoCloseable {
    void forward(DeviceBuffer src, DeviceBuffer dst);

    /** gradSrc is overwritten. */
    void backward(DeviceBuffer gradDst, DeviceBuffer gradSrc);

    @Override
    void close();
}
