package org.ambispike.bench;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.ambispike.SessionOptions;
import org.ambispike.SpikingModel;
import org.ambispike.SpikingSession;
import org.ambispike.backend.Backend;
import org.ambispike.backend.DeviceBuffer;
import org.ambispike.common.Precision;
import org.ambispike.convert.Converter;
import org.ambispike.convert.Thresholds;
import org.ambispike.device.Device;
import org.ambispike.exec.ExecutionOptions;
import org.ambispike.exec.Executor;
import org.ambispike.exec.ParameterStore;
import org.ambispike.graph.Graph;
import org.ambispike.graph.Network;
import org.ambispike.graph.NeuronVariant;
import org.ambispike.graph.Node;
import org.ambispike.graph.Normalisation;
import org.ambispike.graph.Op;
import org.ambispike.graph.Shape;
import org.ambispike.io.ModelInfo;
import org.ambispike.io.SavedModel;
import org.ambispike.paper.Initialisation;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;

/**
 * What a call costs beside the computation: one image of Net4's size through a network of next to no work, by the session
 * and by the bare executor, and the copies between Java and the device. The difference of the first two is the session's.
 */
@State(Scope.Thread)
@BenchmarkMode(Mode.SampleTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
@Warmup(iterations = 2, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(
        value = 1,
        jvmArgsAppend = {"-Dorg.bytedeco.javacpp.maxBytes=0", "-Dorg.bytedeco.javacpp.maxPhysicalBytes=0"})
public class CallBenchmark {
    private static final int PIXELS = 28 * 28;
    private static final int HIDDEN = 8;
    private static final int CLASSES = 4;
    private static final int STEPS = 4;

    @Param({"PIXELS", "NORMALISED"})
    public SessionOptions.Input input;

    private final float[] image = new float[PIXELS];
    private final float[] results = new float[CLASSES];
    private final FloatBuffer heap = FloatBuffer.wrap(image);
    private final FloatBuffer direct = ByteBuffer.allocateDirect(PIXELS * Float.BYTES)
            .order(ByteOrder.nativeOrder())
            .asFloatBuffer();
    private final FloatBuffer logits = FloatBuffer.allocate(CLASSES);
    private SpikingSession session;
    private Backend backend;
    private ParameterStore store;
    private Executor executor;
    private DeviceBuffer buffer;

    @Setup
    public void open() {
        SpikingModel model = model();
        session = model.openSession(SessionOptions.defaults()
                .withDevice(Device.Request.CPU)
                .withThreads(1)
                .withInput(input));
        backend = BenchBackend.open(Precision.F32, 1);
        store = ParameterStore.create(
                backend, model.saved().graph(), model.saved().weights(), false);
        executor = Executor.plan(backend, model.saved().graph(), store, ExecutionOptions.inference(1, STEPS));
        buffer = backend.memory().allocate("image", PIXELS * Float.BYTES);
    }

    private static SpikingModel model() {
        Graph graph = new Graph(List.of(
                new Node("input", new Op.Input(Shape.of(28, 28, 1)), List.of()),
                new Node("fc1", new Op.Linear(PIXELS, HIDDEN), List.of("input")),
                new Node("act1", new Op.Activation(Op.ActivationKind.LEAKY, 0.1, 0, false), List.of("fc1")),
                new Node("fc2", new Op.Linear(HIDDEN, CLASSES), List.of("act1"))));
        Network clipped = Thresholds.clip(
                new Network(graph, Initialisation.uniform(graph, 1)),
                Map.of("act1", new Thresholds.Pair(0.5, 0.1)),
                false);
        Converter.Conversion spiking = Converter.convert(clipped, NeuronVariant.PAIR);
        ModelInfo info = new ModelInfo(
                "two layers", "none", new Normalisation(List.of(0.5f), List.of(0.3f)), List.of(), List.of(), Map.of());
        return SpikingModel.of(new SavedModel(spiking.network(), info));
    }

    @TearDown
    public void close() {
        session.close();
        buffer.close();
        executor.close();
        store.close();
        backend.close();
    }

    @Benchmark
    public int session() {
        return session.runInto(heap, STEPS, logits);
    }

    @Benchmark
    public int sessionFromDirectBuffer() {
        return session.runInto(direct, STEPS, logits);
    }

    @Benchmark
    public float[] executor() {
        executor.input(image, 1);
        executor.forward();
        backend.memory().download(executor.finalLogits(), results, 0, CLASSES);
        return results;
    }

    @Benchmark
    public void upload() {
        backend.memory().upload(image, 0, PIXELS, buffer);
    }

    @Benchmark
    public float[] download() {
        backend.memory().download(executor.finalLogits(), results, 0, CLASSES);
        return results;
    }
}
