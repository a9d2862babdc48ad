package org.ambispike.contract;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.ambispike.backend.Backend;
import org.ambispike.backend.CapturedGraph;
import org.ambispike.backend.DeviceBuffer;
import org.ambispike.common.Precision;
import org.ambispike.exec.ExecutionOptions;
import org.ambispike.exec.Executor;
import org.ambispike.exec.ParameterStore;
import org.ambispike.graph.ConvGeometry;
import org.ambispike.graph.Graph;
import org.ambispike.graph.HostTensor;
import org.ambispike.graph.NeuronModel;
import org.ambispike.graph.Node;
import org.ambispike.graph.Op;
import org.ambispike.graph.PoolGeometry;
import org.ambispike.graph.Shape;
import org.ambispike.graph.Weights;
import org.ambispike.support.Logits;
import org.junit.jupiter.api.Test;

/** Work that a backend captures gives what the same calls give one by one, to the last bit, whatever its buffers hold. */
@OnDevices
class CaptureTest extends DeviceContract {
    static final int BATCH = 3;

    private static final int STEPS = 4;
    private static final int RUNS = 6;

    private Backend backend(boolean graphs) {
        return device.open(Precision.F32, graphs);
    }

    /** What {@link CapturedGraph#describe} ends with after some runs. */
    private String captured() {
        return device == TestDevice.CPU ? "call by call" : "a CUDA graph";
    }

    private static Graph graph() {
        Op.Spike spike = new Op.Spike(NeuronModel.PAIR, 0.1, true);
        return new Graph(List.of(
                new Node("image", new Op.Input(Shape.of(8, 8, 4)), List.of()),
                new Node("conv1", new Op.Conv2d(new ConvGeometry(8, 8, 4, 16, 3, 1, 1)), List.of("image")),
                new Node("spike1", spike, List.of("conv1")),
                new Node("conv2", new Op.Conv2d(new ConvGeometry(8, 8, 16, 16, 3, 1, 1)), List.of("spike1")),
                new Node("spike2", spike, List.of("conv2")),
                new Node("pool", new Op.AveragePool(new PoolGeometry(8, 8, 16, 2, 2)), List.of("spike2")),
                new Node("drop", new Op.Dropout(0.3), List.of("pool")),
                new Node("logits", new Op.Linear(256, 10), List.of("drop"))));
    }

    static Weights weights(Graph graph, Random random) {
        Map<String, HostTensor> values = new LinkedHashMap<>();
        graph.parameterShapes().forEach((name, shape) -> {
            boolean positive = name.contains("theta") || name.contains("start");
            float[] tensor = new float[Math.toIntExact(shape.elements())];
            for (int i = 0; i < tensor.length; i++) {
                tensor[i] = positive ? 0.1f + 0.5f * random.nextFloat() : 0.2f * (float) random.nextGaussian();
            }
            values.put(name, new HostTensor(shape, tensor));
        });
        return new Weights(values);
    }

    @Test
    void inferenceIsThatOfDirectCalls() {
        ExecutionOptions options =
                ExecutionOptions.inference(BATCH, STEPS).withRates().withCounts();
        assertThat(inferences(true, options)).isEqualTo(inferences(false, options));
    }

    private List<String> inferences(boolean graphs, ExecutionOptions options) {
        Graph graph = graph();
        Random random = new Random(1);
        List<String> results = new ArrayList<>();
        try (Backend backend = backend(graphs);
                ParameterStore store = ParameterStore.create(backend, graph, weights(graph, random), false);
                Executor executor = Executor.plan(backend, graph, store, options)) {
            for (int run = 0; run < RUNS; run++) {
                if (run % 2 == 1) {
                    store.load(weights(graph, random));
                }
                input(executor, random);
                executor.forward();
                results.add(bits(backend, executor.logits()));
                graph.neurons().forEach(neuron -> {
                    results.add(bits(backend, executor.rate(neuron.name())));
                    results.add(bits(backend, executor.counts(neuron.name())));
                });
            }
        }
        assertThat(results).as("every run has results of its own").doesNotHaveDuplicates();
        return results;
    }

    @Test
    void trainingIsThatOfDirectCalls() {
        assertThat(trainingSteps(true)).isEqualTo(trainingSteps(false));
    }

    private List<String> trainingSteps(boolean graphs) {
        Graph graph = graph();
        Random random = new Random(2);
        List<String> results = new ArrayList<>();
        ExecutionOptions options = ExecutionOptions.training(BATCH, STEPS).withRateGradients();
        try (Backend backend = backend(graphs);
                ParameterStore store = ParameterStore.create(backend, graph, weights(graph, random), true);
                Executor executor = Executor.plan(backend, graph, store, options)) {
            for (int run = 0; run < 2 * RUNS; run++) {
                if (run == RUNS) {
                    executor.kappa(15); // a scalar that a graph keeps
                }
                store.load(weights(graph, random));
                executor.dropout(42, run);
                input(executor, random);
                executor.forward();
                upload(backend, executor.logitsGradient(), random);
                graph.neurons().forEach(neuron -> upload(backend, executor.rateGradient(neuron.name()), random));
                executor.backward(run != 3);
                results.add(bits(backend, executor.logits()));
                results.add(bits(backend, store.allGradients()));
            }
        }
        assertThat(results).as("every step has results of its own").doesNotHaveDuplicates();
        return results;
    }

    @Test
    void dropoutOfAGraphFollowsTheSeed() {
        Graph graph = graph();
        try (Backend backend = backend(true);
                ParameterStore store = ParameterStore.create(backend, graph, weights(graph, new Random(3)), true);
                Executor executor = Executor.plan(backend, graph, store, ExecutionOptions.training(BATCH, STEPS))) {
            input(executor, new Random(4));
            List<String> logits = new ArrayList<>();
            for (int step : new int[] {0, 1, 2, 3, 0}) {
                executor.dropout(7, step);
                executor.forward();
                logits.add(bits(backend, executor.logits()));
            }
            assertThat(logits.subList(0, 4)).doesNotHaveDuplicates();
            assertThat(logits.get(4)).isEqualTo(logits.get(0));
        }
    }

    @Test
    void aGraphIsRunOnWhatItsBuffersHoldNow() {
        try (Backend backend = backend(true);
                DeviceArrays arrays = new DeviceArrays(backend)) {
            DeviceBuffer x = arrays.upload("x", 1, 2, 3f);
            DeviceBuffer sum = arrays.upload("sum", 0, 0, 0f);
            try (CapturedGraph work = backend.capture(
                    "sums", List.of(x, sum), () -> backend.linear().add(sum, x, sum))) {
                for (int run = 0; run < 3; run++) {
                    work.run();
                }
                assertThat(work.describe()).startsWith("sums: ").endsWith(captured());
                assertThat(arrays.download(sum)).containsExactly(3, 6, 9);
                backend.memory().upload(new float[] {10, 20, 30}, 0, 3, x);
                work.run();
                assertThat(arrays.download(sum)).containsExactly(13, 26, 39);
            }
        }
    }

    @Test
    void aClosedGraphAndClosedBuffersAreRefused() {
        try (Backend backend = backend(true)) {
            DeviceBuffer x = backend.memory().allocate("x", 64);
            CapturedGraph work = backend.capture(
                    "scaling", List.of(x), () -> backend.linear().scale(x, 2));
            for (int run = 0; run < 3; run++) {
                work.run();
            }
            x.close();
            assertThatThrownBy(work::run)
                    .isInstanceOf(IllegalStateException.class)
                    .hasMessageContaining("'x'");
            work.close();
            work.close();
            assertThatThrownBy(work::run)
                    .isInstanceOf(IllegalStateException.class)
                    .hasMessageContaining("scaling");
            assertThat(backend.memory().liveBytes()).isZero();
        }
    }

    @Test
    void aBackendWithoutGraphsCapturesNothing() {
        try (Backend backend = backend(false);
                DeviceArrays arrays = new DeviceArrays(backend)) {
            DeviceBuffer x = arrays.upload("x", 1f);
            try (CapturedGraph work = backend.capture(
                    "doubling", List.of(x), () -> backend.linear().scale(x, 2))) {
                for (int run = 0; run < 4; run++) {
                    work.run();
                }
                assertThat(work.describe()).doesNotContain("graph");
                assertThat(arrays.download(x)).containsExactly(16);
            }
        }
    }

    /** Copies to the host cannot be captured: such work is done directly, and so is all after it. */
    @Test
    void workThatCannotBeCapturedIsDoneAllTheSame() {
        try (Backend backend = backend(true);
                DeviceArrays arrays = new DeviceArrays(backend)) {
            DeviceBuffer x = arrays.upload("x", 1, 2, 3f);
            List<float[]> seen = new ArrayList<>();
            CapturedGraph waits = backend.capture("waiting", List.of(x), () -> {
                backend.linear().scale(x, 2);
                float[] values = new float[3];
                backend.memory().download(x, values, 0, 3);
                seen.add(values);
            });
            CapturedGraph after =
                    backend.capture("after", List.of(x), () -> backend.linear().scale(x, 0.5));
            for (int run = 0; run < 3; run++) {
                waits.run();
            }
            // an attempt to capture may have called the work too, to no effect
            assertThat(seen.get(seen.size() - 1)).containsExactly(8, 16, 24);
            for (int run = 0; run < 3; run++) {
                after.run();
            }
            assertThat(arrays.download(x)).containsExactly(1, 2, 3);
            waits.close();
            after.close();
        }
    }

    /** A graph would copy what the host had there once. */
    @Test
    void workThatCopiesFromTheHostIsDoneAllTheSame() {
        try (Backend backend = backend(true);
                DeviceArrays arrays = new DeviceArrays(backend)) {
            DeviceBuffer x = arrays.upload("x", 0f);
            DeviceBuffer sum = arrays.upload("sum", 0f);
            float[] value = new float[1];
            try (CapturedGraph work = backend.capture("copying", List.of(x, sum), () -> {
                backend.memory().upload(value, 0, 1, x);
                backend.linear().add(sum, x, sum);
            })) {
                for (int run = 1; run <= 4; run++) {
                    value[0] = run;
                    work.run();
                }
                assertThat(arrays.download(sum)).containsExactly(10);
            }
        }
    }

    @Test
    void aGraphWithinAnotherIsAPartOfIt() {
        try (Backend backend = backend(true);
                DeviceArrays arrays = new DeviceArrays(backend)) {
            DeviceBuffer one = arrays.upload("one", 1f);
            DeviceBuffer sum = arrays.upload("sum", 0f);
            DeviceBuffer x = backend.memory().allocate("x", Float.BYTES);
            backend.memory().fill(x, 0);
            CapturedGraph inner = backend.capture(
                    "inner", List.of(one, x), () -> backend.linear().add(x, one, x));
            CapturedGraph outer = backend.capture("outer", List.of(sum), () -> {
                inner.run();
                backend.linear().add(sum, x, sum);
            });
            for (int run = 0; run < 4; run++) {
                outer.run();
            }
            assertThat(arrays.download(x)).containsExactly(4);
            assertThat(arrays.download(sum)).containsExactly(1 + 2 + 3 + 4);
            for (int run = 0; run < 3; run++) {
                inner.run(); // by itself it is captured by itself
            }
            assertThat(arrays.download(x)).containsExactly(7);
            assertThat(inner.describe()).endsWith(captured());
            outer.run();
            assertThat(arrays.download(sum)).containsExactly(18);
            assertThat(outer.describe()).endsWith(captured());
            x.close();
            assertThatThrownBy(outer::run)
                    .as("a part's buffer is one of the whole")
                    .isInstanceOf(IllegalStateException.class)
                    .hasMessageContaining("'x'");
            inner.close();
            outer.close();
        }
    }

    private static void input(Executor executor, Random random) {
        int count = Math.toIntExact(BATCH * executor.graph().inputShape().elements());
        executor.input(DeviceArrays.gaussian(random, count), BATCH);
    }

    private static void upload(Backend backend, DeviceBuffer target, Random random) {
        float[] values = DeviceArrays.gaussian(random, Math.toIntExact(target.floats()));
        backend.memory().upload(values, 0, values.length, target);
    }

    /** Which tell zeros of different sign apart. */
    private static String bits(Backend backend, DeviceBuffer source) {
        return Arrays.toString(Logits.download(backend, source));
    }
}
