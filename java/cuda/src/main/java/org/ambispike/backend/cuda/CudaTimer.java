package org.ambispike.backend.cuda;

import org.bytedeco.javacpp.FloatPointer;
import org.bytedeco.javacpp.Pointer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Two points of a stream, and the device's time between them. Used by one thread. */
final class CudaTimer implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(CudaTimer.class);

    private final CudaStream stream;
    private final Pointer first = new Pointer();
    private final Pointer last = new Pointer();

    CudaTimer(CudaStream stream) {
        this.stream = stream;
        CudaStatus.check("making a timer", CudaKernels.ambi_cuda_timer_create(first));
        CudaStatus.check("making a timer", CudaKernels.ambi_cuda_timer_create(last));
    }

    /** Milliseconds from the start to the end of what the work asks for; waits for it. */
    double milliseconds(Runnable work) {
        try (FloatPointer time = new FloatPointer(1)) {
            CudaStatus.check("timing", CudaKernels.ambi_cuda_timer_mark(first, stream.address()));
            work.run();
            CudaStatus.check("timing", CudaKernels.ambi_cuda_timer_mark(last, stream.address()));
            CudaStatus.check("timing", CudaKernels.ambi_cuda_timer_between(first, last, time));
            return time.get();
        }
    }

    @Override
    public void close() {
        int code = Math.max(CudaKernels.ambi_cuda_timer_free(first), CudaKernels.ambi_cuda_timer_free(last));
        if (code != CudaKernels.AMBI_OK) {
            LOG.warn("a timer could not be freed: {}", CudaStatus.text(code));
        }
    }
}
