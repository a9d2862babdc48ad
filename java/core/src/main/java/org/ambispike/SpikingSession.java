package org.ambispike;

import java.nio.Buffer;
import java.nio.ByteBuffer;
import java.nio.FloatBuffer;
import java.nio.IntBuffer;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicReference;
import org.ambispike.backend.Backend;
import org.ambispike.run.ImageStage;
import org.ambispike.run.StepTrace;
import org.ambispike.run.StreamRun;

/**
 * Runs a {@link SpikingModel} on a device of its own: {@link #run} for images that are there at once, {@link #begin} and
 * {@link #step} to look at the answer after every time step.
 *
 * <p>Images are [N, H, W, C] between a buffer's position and limit, or what {@link Images} takes; runs of more than the batch that
 * the session was opened for are split. Logits are [N, classes] from the position of the buffer that takes them; of a network without
 * classes the values of all results, [N, {@link Model#outputLength}], as {@link Model#outputs} says. Buffers may lie on the heap or
 * be direct; their positions and limits stay as they are.
 *
 * <p>One thread at a time: a session that is entered by two at once throws {@link IllegalStateException}, as does one that
 * is closed. Different threads may use it one after another. Equal images in equal batches give equal bits, with the same
 * number of threads; another batch size may change the last bits, since the order of additions may change.
 *
 * <p>On a CPU, runs of at least as many images as the session has threads are shared out: each thread takes images of its
 * own. Fewer images, early exits, rates and steps have all threads in each layer.
 *
 * <p>Memory and algorithms are settled when a batch size or T comes for the first time, or in {@link #warmUp}, for batches of 1, 2, 4
 * and so on; from the second time on {@link #runInto} allocates nothing. Anything that is wrong with an argument is an
 * {@link IllegalArgumentException} that names it, and leaves the session as it was.
 */
@SuppressWarnings("try") // a call ends its use of the session, and reads nothing of it
public final class SpikingSession implements Predictor {
    /** What {@link #spikes} writes for a positive spike; a neuron with two membranes may emit both in one step. */
    public static final byte POSITIVE = StepTrace.POSITIVE;
    /** What {@link #spikes} writes for a negative spike. */
    public static final byte NEGATIVE = StepTrace.NEGATIVE;

    /** The use of this session by one thread. */
    private interface Use extends AutoCloseable {
        @Override
        void close();
    }

    private final SpikingModel model;
    private final SessionOptions options;
    private final Backend backend;
    private final Optional<PoolMeter> meter;
    private final ImageRuns runs;
    private final StreamRun stream;
    private final Optional<StepTrace> trace;
    private final AtomicReference<Thread> user = new AtomicReference<>();
    private final Use use = this::leave;
    private boolean open = true;
    private boolean streaming;

    /**
     * @param backend becomes the session's own
     * @param meter of the pool that the session belongs to, empty for none
     */
    SpikingSession(SpikingModel model, SessionOptions options, Backend backend, Optional<PoolMeter> meter) {
        this.model = model;
        this.options = options;
        this.backend = backend;
        this.meter = meter;
        try {
            this.trace = options.trace()
                    ? Optional.of(new StepTrace(backend, model.saved().network(), options.batch()))
                    : Optional.empty();
            this.runs = new ImageRuns(model, options, backend);
        } catch (RuntimeException e) {
            backend.close();
            throw e;
        }
        this.stream = runs.stream();
    }

    @Override
    public SpikingModel model() {
        return model;
    }

    public SessionOptions options() {
        return options;
    }

    /** Describes it in one line: device, instruction set, threads. */
    public String device() {
        return backend.describe();
    }

    /** Bytes that the session holds on its device now. */
    public long memoryBytes() {
        try (Use now = enter()) {
            return runs.memoryBytes();
        }
    }

    @Override
    public SpikingResult run(Images images, int timeSteps, ExitRule rule) {
        return run(images.values(model.inputShape()), images.form(), timeSteps, rule);
    }

    /** Runs images as {@link Predictor#run(Images, int, ExitRule)} does. */
    SpikingResult run(Buffer images, ImageStage.Form form, int timeSteps, ExitRule rule) {
        try (Use now = enter()) {
            int count = runs.count(images);
            float[] logits = new float[Math.multiplyExact(count, model.outputLength())];
            int[] taken = new int[count];
            compute(images, form, timeSteps, rule, FloatBuffer.wrap(logits), IntBuffer.wrap(taken));
            return SpikingResult.of(model, logits, taken);
        }
    }

    /**
     * Plans runs of T time steps and runs a black image or more, so that the first answers come as fast as later ones.
     *
     * @param batches how many images calls will have; 1 if there are none
     */
    public void warmUp(int timeSteps, int... batches) {
        for (int images : batches.length == 0 ? new int[] {1} : batches) {
            int length = Math.toIntExact(model.inputShape().elements());
            FloatBuffer black = FloatBuffer.allocate(Math.multiplyExact(images, length));
            run(black, ImageStage.Form.CHANNELS_LAST, timeSteps, ExitRule.never());
        }
    }

    /**
     * The same as {@link #run(FloatBuffer, int)} into a buffer of the caller's; allocates nothing once T and the batch
     * size are known.
     *
     * @param logits room for [N, classes] from its position
     * @return N
     */
    public int runInto(FloatBuffer images, int timeSteps, FloatBuffer logits) {
        return runInto(images, ImageStage.Form.CHANNELS_LAST, timeSteps, ExitRule.never(), logits, ImageRuns.UNWANTED);
    }

    /** The same as {@link #runInto(FloatBuffer, int, FloatBuffer)} for all kinds of images; buffers give no garbage. */
    public int runInto(Images images, int timeSteps, FloatBuffer logits) {
        return runInto(
                images.values(model.inputShape()),
                images.form(),
                timeSteps,
                ExitRule.never(),
                logits,
                ImageRuns.UNWANTED);
    }

    /**
     * The same as {@link #run(FloatBuffer, int, ExitRule)} into buffers of the caller's.
     *
     * @param logits room for [N, classes] from its position
     * @param taken room for [N] from its position: the time steps that each image took
     * @return N
     */
    public int runInto(FloatBuffer images, int timeSteps, ExitRule rule, FloatBuffer logits, IntBuffer taken) {
        return runInto(images, ImageStage.Form.CHANNELS_LAST, timeSteps, rule, logits, taken);
    }

    /** The same for all kinds of images. */
    public int runInto(Images images, int timeSteps, ExitRule rule, FloatBuffer logits, IntBuffer taken) {
        return runInto(images.values(model.inputShape()), images.form(), timeSteps, rule, logits, taken);
    }

    private int runInto(
            Buffer images, ImageStage.Form form, int timeSteps, ExitRule rule, FloatBuffer logits, IntBuffer taken) {
        try (Use now = enter()) {
            return compute(images, form, timeSteps, rule, logits, taken);
        }
    }

    /** Begins with images whose time steps {@link #step} then takes one at a time; drops those before. */
    public void begin(FloatBuffer images) {
        begin(Images.of(images));
    }

    /**
     * The same for all kinds of images.
     *
     * @param images at most the batch that the session was opened for, since all are kept from step to step
     */
    public void begin(Images images) {
        try (Use now = enter()) {
            runs.begin(images.values(model.inputShape()), images.form());
            streaming = true;
        }
    }

    /**
     * The next time step of the images of {@link #begin}, without a limit on their number.
     *
     * @return the running logits, which are those of a run of as many steps
     * @throws IllegalStateException if {@link #begin} was not called, or a run came between
     */
    public SpikingResult step() {
        try (Use now = enter()) {
            advance();
            return runs.result();
        }
    }

    /**
     * The same as {@link #step} into a buffer of the caller's; allocates nothing once the batch size is known.
     *
     * @param logits room for [N, classes] from its position
     * @return the time steps taken since {@link #begin}
     */
    public int stepInto(FloatBuffer logits) {
        try (Use now = enter()) {
            requireBegun();
            ImageRuns.requireRoom("logits", logits, stream.images() * model.outputLength());
            advance();
            runs.put(logits);
            return stream.time();
        }
    }

    /**
     * How each layer fired in the last run, or in the steps since {@link #begin}; an image that was settled early counts
     * until then.
     *
     * @throws IllegalStateException if the session was opened without rates, or nothing was run yet
     */
    public List<LayerRates> rates() {
        try (Use now = enter()) {
            return runs.rates();
        }
    }

    /**
     * What each neuron of a layer emitted in the last {@link #step}: thetaP for a positive spike, -thetaN for a negative
     * one, their sum for both; the mean over the steps approximates the ANN's activation.
     *
     * @param layer one of {@link SpikingModel#neuronLayers}
     * @param values room for [N, H, W, C], or [N, features], from its position
     * @return how many values were written
     * @throws IllegalStateException if the session was opened without a trace, or the last call was no step
     */
    public int emitted(String layer, FloatBuffer values) {
        try (Use now = enter()) {
            StepTrace of = requireTrace();
            int count = of.count(layer, stream.images());
            ImageRuns.requireRoom("emitted values", values, count);
            of.emitted(stream, layer, stream.images(), values);
            return count;
        }
    }

    /**
     * Which spikes each neuron of a layer emitted in the last {@link #step}: 0, {@link #POSITIVE}, {@link #NEGATIVE}, or
     * both added. Those of a memory neuron, which may be worth thetaP or thetaN, are told by their signs. Where thetaP equals thetaN, both in one step cancel: the layer after gets nothing, and this says 0.
     *
     * @param layer one of {@link SpikingModel#neuronLayers}
     * @param spikes room for [N, H, W, C], or [N, features], from its position
     * @return how many values were written
     * @throws IllegalStateException if the session was opened without a trace, or the last call was no step
     */
    public int spikes(String layer, ByteBuffer spikes) {
        try (Use now = enter()) {
            StepTrace of = requireTrace();
            int count = of.count(layer, stream.images());
            ImageRuns.requireRoom("spikes", spikes, count);
            of.spikes(stream, layer, stream.images(), spikes);
            return count;
        }
    }

    private StepTrace requireTrace() {
        StepTrace of = trace.orElseThrow(() ->
                new IllegalStateException("this session keeps no trace; open it with SessionOptions.withTrace()"));
        if (!streaming || stream.time() == 0) {
            throw new IllegalStateException("there is no trace before the first step, nor after a run");
        }
        return of;
    }

    private int compute(
            Buffer images, ImageStage.Form form, int timeSteps, ExitRule rule, FloatBuffer logits, IntBuffer taken) {
        runs.take(images, form, timeSteps, rule, logits, taken);
        streaming = false;
        int count = runs.run(images, form, timeSteps, rule, logits, taken);
        if (meter.isPresent()) {
            meter.get().answered(count, runs.timeSteps());
        }
        return count;
    }

    private void advance() {
        requireBegun();
        runs.step();
    }

    private void requireBegun() {
        if (!streaming) {
            throw new IllegalStateException("there are no images to step; call begin first, also after a run");
        }
    }

    private Use enter() {
        claim();
        if (!open) {
            leave();
            throw new IllegalStateException("this session is closed");
        }
        return use;
    }

    private void claim() {
        Thread other = user.compareAndExchange(null, Thread.currentThread());
        if (other != null) {
            throw new IllegalStateException("this session is in use by thread '" + other.getName()
                    + "'; a session serves one thread at a time, a SessionPool serves many");
        }
    }

    private void leave() {
        user.set(null);
    }

    /**
     * Frees what the session holds; a second call does nothing.
     *
     * @throws IllegalStateException if another thread is using it, or it belongs to a {@link SessionPool}
     */
    @Override
    public void close() {
        if (meter.isPresent()) {
            throw new IllegalStateException("this session belongs to a SessionPool, which closes it");
        }
        free();
    }

    /** Closes the session for the pool that owns it. */
    void free() {
        claim();
        try {
            if (open) {
                open = false;
                runs.close();
                backend.close();
            }
        } finally {
            leave();
        }
    }
}
