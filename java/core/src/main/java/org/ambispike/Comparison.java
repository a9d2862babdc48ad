package org.ambispike;

import java.util.List;
import java.util.OptionalDouble;
import org.ambispike.common.Cancellation;
import org.ambispike.common.ProgressListener;

/**
 * How a network's results are compared with targets. A value.
 *
 * @param timeSteps T after which they are compared, ascending; an ANN is compared once
 * @param range of the values that peak signal-to-noise ratios are of, such as 1 for pixels in [0, 1]; empty for that of the
 *     targets
 * @param session device, precision, threads and batch
 * @param listener hears how many images are done
 * @param cancellation may ask to stop between batches
 */
public record Comparison(
        List<Integer> timeSteps,
        OptionalDouble range,
        SessionOptions session,
        ProgressListener listener,
        Cancellation cancellation) {
    private static final int BATCH = 16;

    /** @throws IllegalArgumentException if there is no T, one is below 1, or the range is not above 0 */
    public Comparison {
        timeSteps = timeSteps.stream().sorted().distinct().toList();
        if (timeSteps.isEmpty() || timeSteps.get(0) < 1) {
            throw new IllegalArgumentException("a comparison needs time steps of at least 1, got " + timeSteps);
        }
        if (range.isPresent() && !(range.getAsDouble() > 0 && Double.isFinite(range.getAsDouble()))) {
            throw new IllegalArgumentException("a range is above 0, got " + range.getAsDouble());
        }
    }

    /** Returns a comparison on the device that there is, 16 images at a time. */
    public static Comparison forTimeSteps(List<Integer> timeSteps) {
        return new Comparison(
                timeSteps,
                OptionalDouble.empty(),
                SessionOptions.defaults().withBatch(BATCH),
                ProgressListener.silent(),
                new Cancellation());
    }

    /** Returns the same with a range of the values. */
    public Comparison withRange(double other) {
        return new Comparison(timeSteps, OptionalDouble.of(other), session, listener, cancellation);
    }

    /** Returns the same on another device, or with other threads, precision or batch. */
    public Comparison withSession(SessionOptions other) {
        return new Comparison(timeSteps, range, other, listener, cancellation);
    }

    /** Returns the same, watched and stopped by others. */
    public Comparison with(ProgressListener otherListener, Cancellation otherCancellation) {
        return new Comparison(timeSteps, range, session, otherListener, otherCancellation);
    }
}
