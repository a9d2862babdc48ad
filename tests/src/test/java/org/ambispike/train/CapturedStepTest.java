package org.ambispike.train;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.LongConsumer;
import org.ambispike.backend.Backend;
import org.ambispike.backend.cpu.CpuBackend;
import org.ambispike.common.Precision;
import org.ambispike.common.ProgressListener;
import org.ambispike.common.RateLoss;
import org.ambispike.contract.DeviceContract;
import org.ambispike.contract.OnDevices;
import org.ambispike.contract.TestDevice;
import org.ambispike.data.Augmentation;
import org.ambispike.data.Dataset;
import org.ambispike.exec.ExecutionOptions;
import org.ambispike.exec.Executor;
import org.ambispike.exec.ParameterStore;
import org.ambispike.graph.ConvGeometry;
import org.ambispike.graph.Graph;
import org.ambispike.graph.HostTensor;
import org.ambispike.graph.Node;
import org.ambispike.graph.Op;
import org.ambispike.graph.ParameterRole;
import org.ambispike.graph.PoolGeometry;
import org.ambispike.graph.Shape;
import org.ambispike.support.CallCounts;
import org.ambispike.support.ReplayingBackend;
import org.ambispike.support.TaughtNetwork;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * Steps of a calibration that a backend records give what the same calls give one by one, to the last bit: parameters, moments,
 * average and losses, over steps that differ in images, dropout, rates, weights of layers and steepness, for students of two T
 * that take turns.
 */
@OnDevices
class CapturedStepTest extends DeviceContract {
    private static final int BATCH = 4;
    private static final int STEPS = 9;
    private static final int EPOCHS = 2;
    private static final List<Integer> TIME_STEPS = List.of(2, 3);
    private static final KappaSchedule KAPPA = new KappaSchedule(List.of(6.7, 15.0));
    private static final int UPLOADS = 4; // images, labels, the seed of dropout, numbers

    @TempDir
    private Path folder;

    /** On the CPU, which captures nothing, calls are written down and replayed. */
    private Backend backend(boolean captures) {
        if (device == TestDevice.CPU) {
            Backend cpu = CpuBackend.open(Precision.F32, 1);
            return captures ? ReplayingBackend.around(cpu) : cpu;
        }
        return device.open(Precision.F32, captures);
    }

    /** The Leaky-ReLU network behind teacher and student. */
    Graph leaky() {
        Op activation = TaughtNetwork.activation();
        return new Graph(List.of(
                new Node("image", new Op.Input(Shape.of(8, 8, 3)), List.of()),
                new Node("conv1", new Op.Conv2d(new ConvGeometry(8, 8, 3, 5, 3, 1, 1)), List.of("image")),
                new Node("act1", activation, List.of("conv1")),
                new Node("pool1", new Op.AveragePool(new PoolGeometry(8, 8, 5, 2, 2)), List.of("act1")),
                new Node("drop", new Op.Dropout(0.3), List.of("pool1")),
                new Node("conv2", new Op.Conv2d(new ConvGeometry(4, 4, 5, 7, 3, 1, 1)), List.of("drop")),
                new Node("act2", activation, List.of("conv2")),
                new Node("fc1", new Op.Linear(112, 4), List.of("act2"))));
    }

    /** Hears what happens between steps; may look at the students' parameters, and change them. */
    private interface Watch {
        void done(long steps, Backend backend, ParameterStore store);

        default void failed(NotFiniteException e, ParameterStore store) {
            throw e;
        }
    }

    /**
     * What a stage leaves.
     *
     * @param checkpoint parameters, moments and average after the last epoch
     * @param losses and accuracies, by epoch
     */
    private record Left(String checkpoint, List<Double> losses) {}

    /** Runs a whole stage, and closes the backend. */
    private Left calibrate(Backend backend, OptimizerSettings.Method method, Watch watch) {
        TaughtNetwork networks = TaughtNetwork.of(leaky(), 1);
        CalibrationTarget target = new CalibrationTarget(
                new CalibrationLoss(Optional.of(RateLoss.MSE), 1, 0.7, 2, 0.5, 0.05), LayerWeighting.COSINE, KAPPA);
        Dataset images = networks.images(STEPS * BATCH);
        Path checkpoint = folder.resolve("checkpoint");
        List<MetricRow> rows = new ArrayList<>();
        try (backend;
                ParameterStore annStore = ParameterStore.create(
                        backend, networks.teacher().graph(), networks.teacher().weights(), false);
                Executor teacher = Executor.plan(
                        backend,
                        networks.teacher().graph(),
                        annStore,
                        ExecutionOptions.inference(BATCH, 1).withRates());
                ParameterStore store = ParameterStore.create(
                        backend, networks.student().graph(), networks.student().weights(), true);
                Executor first = student(backend, networks, store, TIME_STEPS.get(0));
                Executor second = student(backend, networks, store, TIME_STEPS.get(1))) {
            TrainingContext context = TrainingContext.on(backend, new TrainingImages(images, images))
                    .withListener(new AfterEach(done -> watch.done(done, backend, store)))
                    .withMetrics(rows::add);
            TrainingLoop loop = new TrainingLoop(context, fit(method).stage("test", 5));
            try {
                loop.run(
                        List.of(first, second),
                        new JointObjective(backend, teacher, target),
                        Optional.empty(),
                        Optional.of(new StageCheckpoint(checkpoint, "test", false)));
            } catch (NotFiniteException e) {
                watch.failed(e, store);
            }
        }
        List<Double> losses = new ArrayList<>();
        rows.forEach(row -> losses.addAll(List.of(row.loss(), row.trainAccuracy())));
        return new Left(text(checkpoint), losses);
    }

    private static Executor student(Backend backend, TaughtNetwork networks, ParameterStore store, int timeSteps) {
        ExecutionOptions options = ExecutionOptions.training(BATCH, timeSteps).withRateGradients();
        return Executor.plan(backend, networks.student().graph(), store, options);
    }

    private static Fit fit(OptimizerSettings.Method method) {
        OptimizerSettings optimizer = OptimizerSettings.adamW(Map.of(
                        ParameterRole.WEIGHTS, RoleSettings.plain(0.01, 0.01),
                        ParameterRole.BIASES, RoleSettings.plain(0.01, 0),
                        ParameterRole.THRESHOLDS, RoleSettings.relative(0.01, 1e-3),
                        ParameterRole.POTENTIALS, RoleSettings.plain(0.01, 0)))
                .with(method)
                .withGradientNorm(0.05);
        return new Fit(EPOCHS, STEPS, BATCH, optimizer, Schedule.ONE_CYCLE, 0.9, Augmentation.none());
    }

    /** All its bytes; empty where there is none. */
    private static String text(Path file) {
        try {
            return Files.exists(file) ? HexFormat.of().formatHex(Files.readAllBytes(file)) : "";
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @ParameterizedTest
    @EnumSource(OptimizerSettings.Method.class)
    void capturedStepsAreThoseOfDirectCalls(OptimizerSettings.Method method) {
        List<Map<String, HostTensor>> direct = new ArrayList<>();
        Left expected = calibrate(
                backend(false),
                method,
                (done, backend, store) -> direct.add(store.weights().tensors()));
        assertThat(direct).as("every step moves the parameters").hasSize(EPOCHS * STEPS);
        assertThat(direct).doesNotHaveDuplicates();
        assertThat(expected.checkpoint()).isNotEmpty();
        List<Map<String, HostTensor>> captured = new ArrayList<>();
        Left actual = calibrate(
                backend(true),
                method,
                (done, backend, store) -> captured.add(store.weights().tensors()));
        assertThat(captured).isEqualTo(direct);
        assertThat(actual).isEqualTo(expected);
    }

    /** The device has all that it needs before the step, and the host waits for nothing but what came of it. */
    @Test
    void aStepIsCapturedAndWaitsOnce() {
        CallCounts calls = new CallCounts();
        int[] passes = {0};
        calibrate(calls.of(backend(true)), OptimizerSettings.Method.MUON, (done, backend, store) -> {
            if (done % STEPS != 1) { // before an epoch all is allocated, or a checkpoint written
                assertThat(calls.count("download"))
                        .as("downloads of step %d", done)
                        .isEqualTo(1);
                assertThat(calls.count("synchronize")).isZero();
                assertThat(calls.count("upload")).as("uploads of step %d", done).isEqualTo(UPLOADS);
                assertThat(calls.count("allocate")).isZero();
            }
            passes[0] += calls.count("softmaxLoss");
            calls.reset();
        });
        // done directly once and captured once for each student and steepness; all other steps repeat that
        assertThat(passes[0]).isEqualTo(2 * TIME_STEPS.size() * KAPPA.values().size());
    }

    /** A parameter is spoilt between two steps: the one after must leave all others as they are, be it captured or not. */
    @ParameterizedTest
    @EnumSource(OptimizerSettings.Method.class)
    void aStepThatIsNotFiniteChangesNothing(OptimizerSettings.Method method) {
        for (long sound : new long[] {1, 7}) {
            List<Map<String, HostTensor>> before = new ArrayList<>();
            List<Map<String, HostTensor>> after = new ArrayList<>();
            calibrate(backend(true), method, new Watch() {
                @Override
                public void done(long steps, Backend backend, ParameterStore store) {
                    if (steps == sound) {
                        backend.memory().upload(new float[] {Float.NaN}, 0, 1, store.value("act1.thetaPositive"));
                        store.changed();
                        before.add(store.weights().tensors());
                    }
                }

                @Override
                public void failed(NotFiniteException e, ParameterStore store) {
                    assertThat(e).hasMessageContaining("step " + (sound + 1));
                    after.add(store.weights().tensors());
                }
            });
            assertThat(after).hasSize(1).isEqualTo(before);
        }
    }

    /** Listens to the steps alone. */
    private record AfterEach(LongConsumer action) implements ProgressListener {
        @Override
        public void step(long done, String message) {
            action.accept(done);
        }
    }
}
