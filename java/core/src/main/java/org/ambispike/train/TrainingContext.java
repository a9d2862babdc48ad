package org.ambispike.train;

import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.ambispike.backend.Backend;
import org.ambispike.common.Cancellation;
import org.ambispike.common.OpenDevice;
import org.ambispike.common.ProgressListener;
import org.ambispike.device.Device;

/**
 * Where models are trained and calibrated: a device that is open, images, a seed, and who listens. Immutable but for the
 * device; used by one thread at a time, and closed by who opened it. Contexts that are made from one another share the
 * device.
 */
public final class TrainingContext implements AutoCloseable {
    private final Backend backend;
    private final TrainingImages images;
    private final long seed;
    private final ProgressListener listener;
    private final Cancellation cancellation;
    private final Consumer<MetricRow> metrics;
    private final Optional<Checkpoints> checkpoints;

    private TrainingContext(
            Backend backend,
            TrainingImages images,
            long seed,
            ProgressListener listener,
            Cancellation cancellation,
            Consumer<MetricRow> metrics,
            Optional<Checkpoints> checkpoints) {
        this.backend = backend;
        this.images = images;
        this.seed = seed;
        this.listener = listener;
        this.cancellation = cancellation;
        this.metrics = metrics;
        this.checkpoints = checkpoints;
    }

    /**
     * Opens a device, with seed 1, without checkpoints, and with nobody listening.
     *
     * @param threads of the CPU, at least 1; ignored on a GPU
     * @throws org.ambispike.common.PrecisionException if the device lacks the precision
     * @throws org.ambispike.common.BackendException if a native library cannot be loaded
     */
    public static TrainingContext open(Device device, int threads, TrainingImages images) {
        return on(device.open(threads), images);
    }

    /** Takes a device that is open already, as {@link #open} does. */
    public static TrainingContext on(OpenDevice device, TrainingImages images) {
        return new TrainingContext(
                Backend.of(device),
                images,
                1,
                ProgressListener.silent(),
                new Cancellation(),
                row -> {},
                Optional.empty());
    }

    /** Returns a context with another seed, of the order and augmentation of images and of dropout. */
    public TrainingContext withSeed(long other) {
        return new TrainingContext(backend, images, other, listener, cancellation, metrics, checkpoints);
    }

    public TrainingContext withImages(TrainingImages other) {
        return new TrainingContext(backend, other, seed, listener, cancellation, metrics, checkpoints);
    }

    /** Returns a context that tells a listener how it goes, from the thread that trains. */
    public TrainingContext withListener(ProgressListener other) {
        return new TrainingContext(backend, images, seed, other, cancellation, metrics, checkpoints);
    }

    /** Returns a context that asks between steps whether to stop. */
    public TrainingContext withCancellation(Cancellation other) {
        return new TrainingContext(backend, images, seed, listener, other, metrics, checkpoints);
    }

    /** Returns a context that hands on a row of metrics after each epoch. */
    public TrainingContext withMetrics(Consumer<MetricRow> other) {
        return new TrainingContext(backend, images, seed, listener, cancellation, other, checkpoints);
    }

    /**
     * Returns a context whose stages keep checkpoints. Whoever has saved a stage's result deletes its checkpoint, see
     * {@link Checkpoints#delete}: with {@code resume} a stage that is done is not trained again.
     */
    public TrainingContext withCheckpoints(Checkpoints other) {
        return new TrainingContext(backend, images, seed, listener, cancellation, metrics, Optional.of(other));
    }

    public TrainingContext withoutCheckpoints() {
        return new TrainingContext(backend, images, seed, listener, cancellation, metrics, Optional.empty());
    }

    Backend backend() {
        return backend;
    }

    /** The device, which contexts made from this one share. */
    public OpenDevice device() {
        return backend;
    }

    public TrainingImages images() {
        return images;
    }

    public long seed() {
        return seed;
    }

    public ProgressListener listener() {
        return listener;
    }

    public Cancellation cancellation() {
        return cancellation;
    }

    public Consumer<MetricRow> metrics() {
        return metrics;
    }

    /** Deletes the checkpoint of a stage, or of a part of one, that has its result. */
    void forget(String stage) {
        checkpoints.ifPresent(kept -> kept.delete(stage));
    }

    /** @param fingerprint asked for only where checkpoints are kept */
    Optional<StageCheckpoint> checkpoint(String stage, Supplier<String> fingerprint) {
        return checkpoints.map(kept -> kept.of(stage, fingerprint.get()));
    }

    /** Closes the device. */
    @Override
    public void close() {
        backend.close();
    }
}
