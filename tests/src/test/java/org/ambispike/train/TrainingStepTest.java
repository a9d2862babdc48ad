package org.ambispike.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.ambispike.backend.Backend;
import org.ambispike.backend.DeviceBuffer;
import org.ambispike.backend.cpu.CpuBackend;
import org.ambispike.common.PenaltyGrouping;
import org.ambispike.common.Precision;
import org.ambispike.data.Augmentation;
import org.ambispike.data.Batch;
import org.ambispike.data.BatchOptions;
import org.ambispike.data.Batches;
import org.ambispike.exec.ExecutionOptions;
import org.ambispike.exec.Executor;
import org.ambispike.exec.ParameterStore;
import org.ambispike.graph.ConvGeometry;
import org.ambispike.graph.Graph;
import org.ambispike.graph.Node;
import org.ambispike.graph.Op;
import org.ambispike.graph.ParameterRole;
import org.ambispike.graph.Shape;
import org.ambispike.support.Logits;
import org.ambispike.support.ReplayingBackend;
import org.ambispike.support.TaughtNetwork;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** A step whose numbers are not finite leaves no trace: neither in parameters, nor in moments, average and counters. */
class TrainingStepTest {
    private static final int BATCH = 4;
    private static final int STEPS = 5;
    private static final Graph GRAPH = new Graph(List.of(
            new Node("image", new Op.Input(Shape.of(6, 6, 2)), List.of()),
            new Node("conv1", new Op.Conv2d(new ConvGeometry(6, 6, 2, 3, 3, 1, 1)), List.of("image")),
            new Node("act1", TaughtNetwork.activation(), List.of("conv1")),
            new Node("fc1", new Op.Linear(108, 4), List.of("act1"))));

    /** What is spoilt for one step, and mended after it. */
    private enum Spoilt {
        LOSS("fc1.bias", "the loss"),
        ACTIVATIONS("conv1.bias", "the variance penalty of layer 'act1'"),
        GRADIENT("", "the gradient of 'conv1.weight'");

        private final String parameter;
        private final String message;

        Spoilt(String parameter, String message) {
            this.parameter = parameter;
            this.message = message;
        }
    }

    /** Adds to the gradient of the first layer what a buffer holds, zeros but where a test wants others. */
    private record Added(Objective objective, Backend backend, DeviceBuffer more) implements Objective {
        @Override
        public PlannedObjective plan(StepScalars numbers, Graph graph) {
            PlannedObjective planned = objective.plan(numbers, graph);
            return new PlannedObjective() {
                @Override
                public void apply(Executor student, DeviceBuffer labels) {
                    planned.apply(student, labels);
                }

                @Override
                public void after(Executor student) {
                    planned.after(student);
                    DeviceBuffer gradient = student.parameters().gradient("conv1.weight");
                    backend.linear().add(gradient, more, gradient);
                }

                @Override
                public StepLoss loss() {
                    return planned.loss();
                }
            };
        }

        @Override
        public boolean usesRateGradients() {
            return objective.usesRateGradients();
        }
    }

    @ParameterizedTest
    @EnumSource(OptimizerSettings.Method.class)
    void aStepThatIsNotFiniteLeavesNoTrace(OptimizerSettings.Method method) {
        List<float[]> undisturbed = steps(method, List.of());
        for (Spoilt spoilt : Spoilt.values()) {
            assertThat(steps(method, List.of(spoilt)))
                    .usingRecursiveComparison()
                    .isEqualTo(undisturbed);
        }
        assertThat(steps(method, List.of(Spoilt.values())))
                .usingRecursiveComparison()
                .isEqualTo(undisturbed);
    }

    /** Parameters, moments and average after all steps, between which there are some that fail. */
    private static List<float[]> steps(OptimizerSettings.Method method, List<Spoilt> failures) {
        TaughtNetwork network = TaughtNetwork.of(GRAPH, 1);
        StageSettings settings = new Fit(
                        1, STEPS, BATCH, optimizer(method), Schedule.CONSTANT, 0.9, Augmentation.none())
                .stage("test", 5);
        try (Backend backend = ReplayingBackend.around(CpuBackend.open(Precision.F32, 1));
                ParameterStore store = ParameterStore.create(
                        backend, network.teacher().graph(), network.teacher().weights(), true);
                Executor student = Executor.plan(
                        backend,
                        network.teacher().graph(),
                        store,
                        ExecutionOptions.training(BATCH, 1).withRateGradients());
                DeviceBuffer more = backend.memory()
                        .allocate("more", store.value("conv1.weight").bytes());
                StepScalars numbers = new StepScalars(backend);
                Optimizer optimizer =
                        new Optimizer(backend, store, settings.fit().optimizer(), numbers);
                MovingAverage average =
                        new MovingAverage(backend, store, settings.fit().averageDecay(), numbers);
                TrainingStep step = new TrainingStep(
                        backend,
                        settings,
                        List.of(student),
                        new Added(penalty(backend, student), backend, more),
                        optimizer,
                        average,
                        numbers);
                Batches batches = Batches.open(network.images(STEPS * BATCH), BatchOptions.inOrder(BATCH))) {
            backend.memory().fill(more, 0);
            batches.start(1);
            for (int done = 0; done < STEPS; done++) {
                batches.advance();
                Batch batch = batches.current();
                if (done >= 1) { // the second run is captured, and later ones repeat it
                    failures.forEach(spoilt -> assertFails(backend, store, more, step, batch, spoilt));
                }
                step.run(batch, done, 0.5);
                assertThat(optimizer.step()).isEqualTo(done + 1);
                assertThat(average.updates()).isEqualTo(done + 1);
            }
            List<float[]> left = new ArrayList<>();
            left.add(Logits.download(backend, store.allValues()));
            left.add(Logits.download(backend, average.current()));
            optimizer.state().values().forEach(moment -> left.add(Logits.download(backend, moment)));
            return left;
        }
    }

    private static OptimizerSettings optimizer(OptimizerSettings.Method method) {
        return OptimizerSettings.adamW(Map.of(
                        ParameterRole.WEIGHTS, RoleSettings.plain(0.01, 0.01),
                        ParameterRole.BIASES, RoleSettings.plain(0.01, 0),
                        ParameterRole.THRESHOLDS, RoleSettings.relative(0.01, 0)))
                .with(method)
                .withGradientNorm(0.1);
    }

    private static Objective penalty(Backend backend, Executor student) {
        return new VariancePenaltyObjective(
                backend, student.graph(), 0, new VariancePenalty(new PenaltyGrouping(false, false), 0.1));
    }

    private static void assertFails(
            Backend backend, ParameterStore store, DeviceBuffer more, TrainingStep step, Batch batch, Spoilt spoilt) {
        float[] sound = Logits.download(backend, store.allValues());
        DeviceBuffer target = spoilt == Spoilt.GRADIENT ? more : store.value(spoilt.parameter);
        backend.memory().upload(new float[] {Float.NaN}, 0, 1, target);
        store.changed();
        assertThatThrownBy(() -> step.run(batch, 0, 0.5))
                .isInstanceOf(NotFiniteException.class)
                .hasMessageContaining(spoilt.message);
        backend.memory().upload(sound, 0, sound.length, store.allValues());
        backend.memory().fill(more, 0);
        store.changed();
    }
}
