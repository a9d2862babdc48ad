package org.ambispike.bench;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;
import org.ambispike.backend.ActivationGradients;
import org.ambispike.backend.ActivationLayout;
import org.ambispike.backend.Backend;
import org.ambispike.backend.DeviceBuffer;
import org.ambispike.backend.ParameterUpdate;
import org.ambispike.backend.PenaltyLayout;
import org.ambispike.backend.PenaltyWeight;
import org.ambispike.backend.RateBuffers;
import org.ambispike.backend.Segments;
import org.ambispike.backend.SoftmaxBuffers;
import org.ambispike.backend.SoftmaxLoss;
import org.ambispike.backend.SpikeBuffers;
import org.ambispike.backend.SpikeGradients;
import org.ambispike.backend.SpikeLayout;
import org.ambispike.backend.UpdateStep;
import org.ambispike.common.PenaltyGrouping;
import org.ambispike.common.RateLoss;
import org.ambispike.graph.NeuronModel;
import org.ambispike.graph.Op.ActivationKind;
import org.ambispike.graph.PoolGeometry;

/** Every family of our own kernels on arrays of one size, with the bytes that each must read and write. */
final class KernelCases implements AutoCloseable {
    /**
     * One kernel.
     *
     * @param bytes that it reads and writes if each value crosses once for each pass that the mathematics needs
     */
    record Case(String name, long bytes, Runnable work) {}

    private static final double ALPHA = 0.1;
    private static final double KAPPA = 10;
    private static final int CHANNELS = 64;
    private static final int GRADIENTS = 4 + 2 * NeuronModel.MAX_GAINS;
    private static final int CLASSES = 10;
    private static final int FEW_STEPS = 4;
    private static final int QUANTA = 4;
    private static final int[] TIME_STEPS = {1, 4, 8, 16};
    private static final ParameterUpdate UPDATE = new ParameterUpdate(1e-9, 1e-2, 0, false);
    private static final DeviceBuffer NONE = DeviceBuffer.absent();

    private final Backend backend;
    private final long elements;
    private final List<DeviceBuffer> buffers = new ArrayList<>();
    private final List<Case> cases = new ArrayList<>();
    /** Only ever read, but for the moments of optimisers. */
    private final DeviceBuffer x;

    private final DeviceBuffer gradient;
    private final DeviceBuffer y;
    private final DeviceBuffer positive;
    private final DeviceBuffer labels;
    private final DeviceBuffer parameters;
    private final DeviceBuffer levels;
    private final DeviceBuffer gradParameters;
    private final DeviceBuffer scratch;
    private final DeviceBuffer result;
    private final DeviceBuffer numbers;

    /** @param elements of each array; a multiple of all T times the channels */
    KernelCases(Backend backend, long elements) {
        this.backend = backend;
        this.elements = elements;
        this.x = allocate("x", elements);
        this.gradient = allocate("gradient", elements);
        this.y = allocate("y", elements);
        this.positive = allocate("positive", elements);
        this.labels = allocate("labels", elements / CLASSES);
        this.parameters = allocate("parameters", (5L + 2 * NeuronModel.MAX_GAINS) * CHANNELS);
        this.levels = allocate("levels", 3L * CHANNELS);
        this.gradParameters = allocate("gradParameters", (long) GRADIENTS * CHANNELS);
        this.scratch = allocate("scratch", backend.memory().scratchBytes(CHANNELS, GRADIENTS) / Float.BYTES);
        this.result = allocate("result", 8);
        this.numbers = UpdateNumbers.allocate(backend);
        buffers.add(numbers);
        Fill.random(backend, x);
        Fill.random(backend, gradient);
        Fill.random(backend, y);
        Fill.positive(backend, positive);
        backend.memory().fill(labels, 0);
        backend.memory().fill(parameters, 0.5);
        backend.memory().fill(parameters.slice("slopes", 4L * CHANNELS, CHANNELS), ALPHA);
        backend.memory().fill(levels, 1);
        spikes();
        activations();
        losses();
        updates();
    }

    /** Elements for arrays of about so many bytes, as {@link #KernelCases} wants them. */
    static long elements(long bytes) {
        long unit = 16L * CHANNELS;
        return Math.max(1, bytes / Float.BYTES / unit) * unit;
    }

    List<Case> cases() {
        return cases;
    }

    /** What all others are compared with. */
    Case copy() {
        return new Case("copy", reads(2), () -> backend.memory().copy(x, y));
    }

    /** @throws IllegalArgumentException naming the kernels there are, if there is none of this name */
    Case find(String name) {
        return Stream.concat(Stream.of(copy()), cases.stream())
                .filter(each -> each.name().equals(name))
                .findFirst()
                .orElseThrow(() -> new IllegalArgumentException("no kernel '" + name + "'; there are "
                        + cases.stream().map(Case::name).toList()));
    }

    private void spikes() {
        for (NeuronModel model : NeuronModel.values()) {
            String neuron = "spike " + model.name().toLowerCase(Locale.ROOT);
            for (int steps : TIME_STEPS) {
                int gains = model == NeuronModel.GRADED ? Math.min(steps, NeuronModel.MAX_GAINS) : 0;
                SpikeLayout layout = new SpikeLayout(model, steps, elements / steps / CHANNELS, CHANNELS, false, false)
                        .with(new SpikeLayout.Gains(gains, 0));
                add(neuron + " forward T=" + steps, 2, () -> backend.neurons()
                        .spikeForward(layout, new SpikeBuffers(x, parameters, NONE, y, NONE, NONE), false, KAPPA));
                add(neuron + " backward T=" + steps, 3, () -> backend.neurons()
                        .spikeBackward(
                                layout,
                                x,
                                parameters,
                                new SpikeGradients(gradient, NONE, y, gradParameters),
                                scratch,
                                KAPPA));
                backend.int8()
                        .ifPresent(int8 -> cases.add(new Case(
                                neuron + " int8 forward T=" + steps,
                                elements * (Float.BYTES + 1),
                                () -> int8.spikeForward(
                                        layout, new SpikeBuffers(x, parameters, NONE, y, NONE, NONE), levels, false))));
            }
        }
        SpikeLayout once = spikes(1);
        cases.add(
                new Case("spike pair forward T=4, rates only", reads(1) + reads(1) / FEW_STEPS, () -> backend.neurons()
                        .spikeForward(once, new SpikeBuffers(x, parameters, NONE, NONE, y, NONE), false, KAPPA)));
        SpikeLayout augmented = spikes(QUANTA);
        add("spike pair forward T=4, up to 4 quanta", 2, () -> backend.neurons()
                .spikeForward(augmented, new SpikeBuffers(x, parameters, NONE, y, NONE, NONE), false, KAPPA));
        add("spike pair backward T=4, up to 4 quanta", 3, () -> backend.neurons()
                .spikeBackward(
                        augmented,
                        x,
                        parameters,
                        new SpikeGradients(gradient, NONE, y, gradParameters),
                        scratch,
                        KAPPA));
        PoolGeometry windows = new PoolGeometry(4, 4, CHANNELS, 2, 2);
        long images = elements / (4 * 4 * CHANNELS);
        backend.int8()
                .ifPresent(int8 -> cases.add(new Case(
                        "int8 sums of 2x2 windows",
                        elements + elements / 4,
                        () -> int8.sumPool(windows, images, x, y))));
    }

    private SpikeLayout spikes(int quanta) {
        long rows = elements / FEW_STEPS / CHANNELS;
        return new SpikeLayout(NeuronModel.PAIR, FEW_STEPS, rows, CHANNELS, false, false, quanta);
    }

    private void activations() {
        for (ActivationKind kind : ActivationKind.values()) {
            String name = kind.name().toLowerCase(Locale.ROOT);
            boolean leaky = kind == ActivationKind.LEAKY;
            DeviceBuffer gradThresholds = leaky ? NONE : gradParameters;
            ActivationLayout layout = new ActivationLayout(kind, 4, elements / CHANNELS, CHANNELS);
            add(name + " activation forward", 2, () -> backend.neurons().activationForward(layout, x, parameters, y));
            add(name + " activation backward", 3, () -> backend.neurons()
                    .activationBackward(
                            layout,
                            x,
                            parameters,
                            new ActivationGradients(gradient, NONE, y, gradThresholds),
                            scratch));
        }
        DeviceBuffer seed = parameters.slice("seed", 0, 4);
        add("dropout", 2, () -> backend.training().dropout(x, y, seed, elements, 0.3, 0));
    }

    /** The norm comes before the gradient, so rates and targets are read twice; likewise the penalty's moments. */
    private void losses() {
        for (RateLoss kind : RateLoss.values()) {
            add("rate loss " + kind, 5, () -> backend.training()
                    .rateLoss(kind, new RateBuffers(x, gradient, NONE, y, result), scratch, elements, 1e-2, 1));
        }
        int rows = Math.toIntExact(elements / CLASSES);
        SoftmaxLoss loss = SoftmaxLoss.labels(0.05);
        long softmaxBytes = 2L * rows * CLASSES * Float.BYTES + (long) rows * Integer.BYTES;
        cases.add(new Case("softmax loss", softmaxBytes, () -> backend.training()
                .softmaxLoss(loss, new SoftmaxBuffers(x, labels, NONE, NONE, y, result), rows, CLASSES)));
        PenaltyGrouping grouping = new PenaltyGrouping(false, true);
        add("variance penalty", 3, () -> backend.training()
                .variancePenalty(
                        new PenaltyLayout(grouping, elements / CHANNELS, CHANNELS, 1e-6),
                        x,
                        PenaltyWeight.fixed(1),
                        y,
                        result,
                        scratch));
    }

    private void updates() {
        Segments whole = Segments.upload(backend, "whole", List.of(new Segments.Range(0, elements)));
        buffers.add(whole.table());
        DeviceBuffer sizes = backend.memory().allocate("sizes", Double.BYTES);
        buffers.add(sizes);
        backend.memory().upload(new double[] {1}, sizes);
        add("sum of squares", 1, () -> backend.optimizer().sumsOfSquares(x, whole, result, scratch));
        UpdateStep now = UpdateNumbers.step(numbers);
        DeviceBuffer decay = UpdateNumbers.decay(numbers);
        add("AdamW", 7, () -> backend.optimizer().adamW(UPDATE, now, y, gradient, x, positive, UpdateNumbers.ADAM));
        add("SGD with momentum", 5, () -> backend.optimizer().sgd(UPDATE, now, y, gradient, x, 0.9, true));
        add("moving average", 3, () -> backend.optimizer().movingAverage(y, x, decay, now.clip()));
        add("Muon's direction", 4, () -> backend.optimizer().nesterov(gradient, x, y, 0.95, now.clip()));
        add("Muon's move", 3, () -> backend.optimizer().muonMove(UPDATE, now, y, gradient, whole, sizes));
    }

    private void add(String name, int arrays, Runnable work) {
        cases.add(new Case(name, reads(arrays), work));
    }

    private long reads(int arrays) {
        return arrays * elements * Float.BYTES;
    }

    private DeviceBuffer allocate(String label, long floats) {
        DeviceBuffer buffer = backend.memory().allocate(label, floats * Float.BYTES);
        buffers.add(buffer);
        return buffer;
    }

    @Override
    public void close() {
        buffers.forEach(DeviceBuffer::close);
    }
}
