package org.ambispike.backend;

import java.util.List;
import java.util.Optional;
import org.ambispike.common.BackendException;
import org.ambispike.common.Precision;
import org.ambispike.graph.ConvGeometry;
import org.ambispike.graph.PoolGeometry;

/**
 * What a device must offer. A backend is used by one thread; its buffers belong to it alone. Shapes are checked by the
 * caller (the executor), not here. All arrays are dense f32, channels innermost, unless said. Optional arguments may be
 * {@link DeviceBuffer#absent()}.
 */
public interface Backend extends AutoCloseable {
    /** {@code cpu} or {@code cuda}. */
    String name();

    /** One line for people: device, instruction set, library versions, threads. */
    String describe();

    Precision precision();

    /**
     * The most images that one of the {@link #split} backends should take at once: of more, what a layer leaves no longer lies
     * in the caches when the next one comes.
     */
    int PART_BATCH = 16;

    /** How many backends {@link #split} gives. */
    default int parts() {
        return 0;
    }

    /**
     * Backends of one thread each that together have the threads of this one, for work that falls into independent parts.
     * The caller closes them and calls each from a thread of its own. They read this one's buffers, but do not write them.
     *
     * @return none where there is one thread, or the device itself spreads work over all that it has
     */
    default List<Backend> split() {
        return List.of();
    }

    /** @throws BackendException naming the buffer, its size and what is free, if the device has no room */
    DeviceBuffer allocate(String label, long bytes);

    /** Bytes that are allocated and not yet closed. */
    long liveBytes();

    /** How often {@link #allocate} was called; must not grow after the first step. */
    long allocations();

    /** Bytes that a new allocation may take without harm. */
    long availableBytes();

    void upload(float[] source, int offset, int count, DeviceBuffer target);

    void upload(int[] source, int offset, int count, DeviceBuffer target);

    void upload(double[] source, DeviceBuffer target);

    void download(DeviceBuffer source, float[] target, int offset, int count);

    void download(DeviceBuffer source, double[] target);

    void download(DeviceBuffer source, long[] target);

    /** Waits until all that was asked for is done. */
    void synchronize();

    /**
     * Milliseconds that work takes, by the device's own clock where it has one; waits until it is done.
     *
     * @param work calls on this backend
     */
    default double milliseconds(Runnable work) {
        synchronize();
        long started = System.nanoTime();
        work.run();
        synchronize();
        return (System.nanoTime() - started) / 1e6;
    }

    /**
     * Work that will be asked for many times. It must not wait for the device, copy from or to the host, or allocate. Recorded work
     * that is run within other recorded work is a part of that.
     *
     * @param label for messages
     * @param buffers that the work uses; {@link RecordedWork#run} refuses once one of them was closed
     * @param work calls on this backend, the same at every run; called for the first runs only, where a recording serves the others
     */
    default RecordedWork record(String label, List<DeviceBuffer> buffers, Runnable work) {
        return new DirectWork(label, work);
    }

    LinearKernel planConvolution(String label, ConvGeometry geometry, int batch, boolean training);

    LinearKernel planMatMul(String label, int rows, int inputs, int outputs, boolean training);

    PoolKernel planAveragePool(String label, PoolGeometry geometry, int batch);

    /** Inference on spikes stored as bytes: there where the precision is {@link Precision#INT8}. */
    Optional<Int8Operations> int8();

    /** Inference on values stored in bfloat16: there where that spares conversions. */
    default Optional<Bf16Operations> bf16() {
        return Optional.empty();
    }

    /** Bytes of scratch for {@link #spikeBackward}, {@link #activationBackward} and the losses, given the channels. */
    long scratchBytes(int channels);

    /**
     * T steps of a layer of spiking neurons.
     *
     * @param drive [T, rows, channels], or [rows, channels] where constant
     * @param parameters [4, channels]: thetaP, thetaN, start+ as a fraction of P, start- as a fraction of -N
     * @param carry [2, rows, channels] membranes out (and in, where {@code resume}); optional
     * @param spikes [T, rows, channels] emitted values; optional
     * @param rate [rows, channels] mean emitted value; optional
     * @param counts [T, 2] 64-bit positive and negative spikes, added to; optional
     */
    void spikeForward(
            SpikeLayout layout,
            DeviceBuffer drive,
            DeviceBuffer parameters,
            DeviceBuffer carry,
            boolean resume,
            DeviceBuffer spikes,
            DeviceBuffer rate,
            DeviceBuffer counts,
            double kappa);

    /**
     * Backward through T steps with the surrogate of eq. 32.
     *
     * @param gradSpikes [T, rows, channels]; optional
     * @param gradRate [rows, channels] gradient of the mean emitted value; optional
     * @param gradDrive like the drive; may be the buffer of gradSpikes; optional
     * @param gradParameters [4, channels], overwritten; optional
     */
    void spikeBackward(
            SpikeLayout layout,
            DeviceBuffer drive,
            DeviceBuffer parameters,
            DeviceBuffer gradSpikes,
            DeviceBuffer gradRate,
            DeviceBuffer gradDrive,
            DeviceBuffer gradParameters,
            DeviceBuffer scratch,
            double kappa);

    /** @param parameters [2, channels]: thetaP, thetaN; absent for LEAKY */
    void activationForward(ActivationLayout layout, DeviceBuffer x, DeviceBuffer parameters, DeviceBuffer y);

    /**
     * @param gradY optional
     * @param gradExtra added to gradY; optional
     * @param gradX may be the buffer of gradY
     * @param gradParameters [2, channels], overwritten; optional
     */
    void activationBackward(
            ActivationLayout layout,
            DeviceBuffer x,
            DeviceBuffer parameters,
            DeviceBuffer gradY,
            DeviceBuffer gradExtra,
            DeviceBuffer gradX,
            DeviceBuffer gradParameters,
            DeviceBuffer scratch);

    /**
     * Batch normalisation by channel with the batch's own statistics (Ioffe and Szegedy, 2015), which move the running
     * ones.
     *
     * @param x [rows, channels]
     * @param parameters whose mean and variance are updated
     * @param statistics [2, channels], overwritten: mean, and 1 over the deviation
     * @param y [rows, channels]; not x
     */
    void batchNormTraining(
            BatchNormLayout layout,
            DeviceBuffer x,
            BatchNormParameters parameters,
            DeviceBuffer statistics,
            DeviceBuffer y,
            DeviceBuffer scratch);

    /** The same with the running statistics, which stay as they are. y may be x. */
    void batchNormInference(
            BatchNormLayout layout,
            DeviceBuffer x,
            BatchNormParameters parameters,
            DeviceBuffer y,
            DeviceBuffer scratch);

    /**
     * Backward through {@link #batchNormTraining}, the batch's statistics included.
     *
     * @param parameters of which gamma is read
     * @param statistics of the forward pass
     * @param gradX may be the buffer of gradY
     * @param gradients of which gamma and beta are overwritten
     */
    void batchNormBackward(
            BatchNormLayout layout,
            DeviceBuffer x,
            BatchNormParameters parameters,
            DeviceBuffer statistics,
            DeviceBuffer gradY,
            DeviceBuffer gradX,
            BatchNormParameters gradients,
            DeviceBuffer scratch);

    /**
     * The variance penalty of eq. 23 from the parameters of a batch normalisation: sigma is |gamma|, m is beta.
     *
     * @param weight of log(eta)
     * @param gradients to whose gamma and beta the gradient of that is added
     * @param eta [1] double, the mean over channels
     */
    void batchNormPenalty(
            BatchNormParameters parameters,
            PenaltyWeight weight,
            BatchNormParameters gradients,
            DeviceBuffer eta,
            int channels,
            double epsilon);

    /**
     * The same call gives the gradient: the mask depends on seed + salt, and offset + index, alone.
     *
     * @param y may be x
     * @param seed [2] 64-bit integers: seed, offset; read when the call runs
     */
    void dropout(DeviceBuffer x, DeviceBuffer y, DeviceBuffer seed, long count, double probability, long salt);

    /**
     * @param logits [rows, classes]
     * @param labels [rows] 32-bit integers; optional
     * @param teacher [rows, classes]; optional
     * @param factor [1] double on both weights; optional
     * @param gradient [rows, classes], overwritten; optional
     * @param result [3] doubles: mean cross-entropy, mean KL, number of correct rows
     */
    void softmaxLoss(
            SoftmaxLoss loss,
            DeviceBuffer logits,
            DeviceBuffer labels,
            DeviceBuffer teacher,
            DeviceBuffer factor,
            DeviceBuffer gradient,
            DeviceBuffer result,
            int rows,
            int classes);

    /**
     * @param factor [1] double on the weight; optional
     * @param gradient [count], overwritten with weight times the derivative of the loss; optional
     * @param result [2] doubles: the loss, the teacher's sum of squares
     */
    void rateLoss(
            RateLoss kind,
            DeviceBuffer rate,
            DeviceBuffer target,
            DeviceBuffer factor,
            DeviceBuffer gradient,
            DeviceBuffer result,
            DeviceBuffer scratch,
            long count,
            double epsilon,
            double weight);

    /**
     * The variance penalty of eq. 23.
     *
     * @param weight of log(eta)
     * @param gradient [rows, channels], overwritten with that of log(eta), times the weight; 0 where eta is 0
     * @param eta [1] double, the mean over groups
     */
    void variancePenalty(
            PenaltyGrouping grouping,
            DeviceBuffer activations,
            PenaltyWeight weight,
            DeviceBuffer gradient,
            DeviceBuffer eta,
            DeviceBuffer scratch,
            long rows,
            int channels,
            double epsilon);

    /**
     * How an update goes on.
     *
     * @param numbers doubles that must be finite
     * @param squares doubles, sums of squares of gradients, which must be so too
     * @param limit of the norm of all gradients together; 0 for none
     * @param clip [2] doubles, overwritten; see {@link UpdateStep}
     */
    void clip(DeviceBuffer numbers, DeviceBuffer squares, double limit, DeviceBuffer clip);

    /**
     * Takes a step of SGD with momentum.
     *
     * @param update of all these parameters
     * @param parameters any number, as of all tensors of a role; zeros without gradients stay zeros
     */
    void sgd(
            ParameterUpdate update,
            UpdateStep step,
            DeviceBuffer parameters,
            DeviceBuffer gradients,
            DeviceBuffer momentum,
            double momentumFactor,
            boolean nesterov);

    /** Takes a step of AdamW; parameters and update are as for {@link #sgd}. */
    void adamW(
            ParameterUpdate update,
            UpdateStep step,
            DeviceBuffer parameters,
            DeviceBuffer gradients,
            DeviceBuffer firstMoment,
            DeviceBuffer secondMoment,
            AdamSettings settings);

    /**
     * average = decay * average + (1 - decay) * parameters.
     *
     * @param decay [1] double
     * @param clip [2] doubles; see {@link UpdateStep}
     */
    void movingAverage(DeviceBuffer average, DeviceBuffer parameters, DeviceBuffer decay, DeviceBuffer clip);

    /**
     * momentum = factor * momentum + g, and direction = factor * momentum + g, where g is the clipped gradient.
     *
     * @param clip [2] doubles; see {@link UpdateStep}
     */
    void nesterov(
            DeviceBuffer gradients, DeviceBuffer momentum, DeviceBuffer direction, double factor, DeviceBuffer clip);

    /**
     * Divides tensors by their norms; zeros stay zeros.
     *
     * @param tensors in x
     * @param squares [tensors] doubles, their sums of squares
     */
    void unit(DeviceBuffer x, Segments tensors, DeviceBuffer squares);

    /**
     * Takes a step of Muon: parameters = (1 - rate * decay) * parameters - rate * size * direction.
     *
     * @param update whose learning rate and decay count, and nothing else
     * @param tensors in parameters and direction
     * @param sizes [tensors] doubles
     */
    void muonMove(
            ParameterUpdate update,
            UpdateStep step,
            DeviceBuffer parameters,
            DeviceBuffer direction,
            Segments tensors,
            DeviceBuffer sizes);

    /**
     * Sums the squares of each tensor, in an order that depends on the tensor's size and not on its place.
     *
     * @param tensors in x
     * @param result [tensors] doubles; not finite where any element is not
     * @param scratch {@link #scratchBytes} for as many channels as there are tensors
     */
    void sumsOfSquares(DeviceBuffer x, Segments tensors, DeviceBuffer result, DeviceBuffer scratch);

    void scale(DeviceBuffer x, double factor);

    void fill(DeviceBuffer x, double value);

    void copy(DeviceBuffer source, DeviceBuffer target);

    void add(DeviceBuffer a, DeviceBuffer b, DeviceBuffer y);

    /**
     * y[r] = x[index[r]] for rows of a matrix.
     *
     * @param x [any, width]
     * @param index [rows] 32-bit integers, at least 0; ascending with index[r] &gt;= r where y is x
     * @param y [rows, width]
     */
    void gatherRows(DeviceBuffer x, DeviceBuffer index, DeviceBuffer y, int rows, long width);

    /** y[c] = x[0] for all elements of y. */
    void expand(DeviceBuffer x, DeviceBuffer y);

    /** y[0] = sum of x. */
    void reduce(DeviceBuffer x, DeviceBuffer y);

    /** y[t] = mean of x[0..t]; both [steps, count], may be the same. */
    void runningMean(DeviceBuffer x, DeviceBuffer y, long count, int steps);

    /** y[t] = x / steps; x is [count], y [steps, count]. */
    void spreadMean(DeviceBuffer x, DeviceBuffer y, long count, int steps);

    /** Frees what the backend itself holds; logs what was left open, never throws. */
    @Override
    void close();
}
