package org.ambispike.bench;

import java.util.ArrayList;
import java.util.List;
import org.ambispike.backend.Backend;
import org.ambispike.backend.DeviceBuffer;
import org.ambispike.backend.RateBuffers;
import org.ambispike.backend.SoftmaxBuffers;
import org.ambispike.backend.SoftmaxLoss;
import org.ambispike.common.RateLoss;
import org.ambispike.graph.Network;

/** The parts of a whole training step, calibration step or inference, in order. */
final class StepParts implements AutoCloseable {
    private static final double KL_EPSILON = 1e-2;

    private final Backend backend;
    private final List<Runnable> closers = new ArrayList<>();
    private final List<Part> parts = new ArrayList<>();
    private final List<String> choices = new ArrayList<>();

    private StepParts(Backend backend) {
        this.backend = backend;
    }

    /** Forward, cross-entropy, backward, AdamW, moving average. */
    static StepParts training(Backend backend, Workload workload) {
        StepParts step = new StepParts(backend);
        Unrolled network = step.unroll(workload.ann(), Workload.TRAINING_BATCH, 1, true);
        step.train(network, List.of(step.loss(network, DeviceBuffer.absent(), Workload.TRAINING_BATCH)));
        return step;
    }

    /** The teacher's pass; the student's, its losses on rates and logits, and its update. */
    static StepParts calibration(Backend backend, Workload workload) {
        StepParts step = new StepParts(backend);
        int batch = Workload.CALIBRATION_BATCH;
        Unrolled teacher = step.unroll(workload.clipped(), batch, 1, false);
        Unrolled student = step.unroll(workload.spiking(), batch, Workload.CALIBRATION_STEPS, true);
        teacher.warmUp();
        teacher.forwardParts()
                .forEach(part -> step.parts.add(new Part("teacher " + part.name(), part.kind(), part.work())));
        List<Part> losses = new ArrayList<>();
        losses.add(step.loss(student, teacher.logits(), batch));
        DeviceBuffer result = step.allocate("result", 2L * Double.BYTES);
        for (Unrolled.Rate rate : student.rates()) {
            DeviceBuffer target = teacher.value(rate.layer());
            losses.add(new Part(rate.layer() + " rate loss", Part.Kind.KERNEL, () -> backend.training()
                    .rateLoss(
                            RateLoss.MSE,
                            new RateBuffers(rate.rate(), target, DeviceBuffer.absent(), rate.gradient(), result),
                            student.scratch(),
                            target.floats(),
                            KL_EPSILON,
                            1)));
        }
        step.train(student, losses);
        return step;
    }

    /** T steps forward. */
    static StepParts inference(Backend backend, Workload workload) {
        StepParts step = new StepParts(backend);
        Unrolled network = step.unroll(workload.spiking(), Workload.INFERENCE_BATCH, Workload.INFERENCE_STEPS, false);
        network.warmUp();
        step.parts.addAll(network.forwardParts());
        return step;
    }

    private Unrolled unroll(Network network, int batch, int timeSteps, boolean training) {
        Unrolled unrolled = new Unrolled(backend, network.graph(), network.weights(), batch, timeSteps, training);
        closers.add(unrolled::close);
        choices.addAll(unrolled.choices());
        return unrolled;
    }

    private void train(Unrolled network, List<Part> losses) {
        Update update = new Update(backend, network.store());
        closers.add(update::close);
        network.warmUp();
        parts.addAll(network.forwardParts());
        parts.addAll(losses);
        parts.addAll(network.backwardParts());
        parts.addAll(update.parts());
    }

    private Part loss(Unrolled network, DeviceBuffer teacher, int batch) {
        int classes = (int) (network.logits().floats() / batch);
        DeviceBuffer labels = allocate("labels", (long) batch * Integer.BYTES);
        backend.memory().upload(new int[batch], 0, batch, labels);
        DeviceBuffer result = allocate("result", 3L * Double.BYTES);
        SoftmaxLoss loss = new SoftmaxLoss(1, 0.05, teacher.isAbsent() ? 0 : 1, 1);
        DeviceBuffer logits = network.logits();
        DeviceBuffer gradient = network.logitsGradient();
        return new Part("softmax loss", Part.Kind.KERNEL, () -> backend.training()
                .softmaxLoss(
                        loss,
                        new SoftmaxBuffers(logits, labels, teacher, DeviceBuffer.absent(), gradient, result),
                        batch,
                        classes));
    }

    private DeviceBuffer allocate(String label, long bytes) {
        DeviceBuffer buffer = backend.memory().allocate(label, bytes);
        closers.add(buffer::close);
        return buffer;
    }

    List<Part> parts() {
        return parts;
    }

    /** What oneDNN chose for each layer with weights. */
    List<String> choices() {
        return choices;
    }

    /** @throws IllegalArgumentException naming the parts there are, if there is none of this name */
    Part find(String name) {
        return parts.stream()
                .filter(part -> part.name().equals(name))
                .findFirst()
                .orElseThrow(() -> new IllegalArgumentException("no part '" + name + "'; there are "
                        + parts.stream().map(Part::name).toList()));
    }

    @Override
    public void close() {
        for (int index = closers.size() - 1; index >= 0; index--) {
            closers.get(index).run();
        }
    }
}
