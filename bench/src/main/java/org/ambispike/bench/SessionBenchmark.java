package org.ambispike.bench;

import java.io.IOException;
import java.nio.FloatBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import org.ambispike.PoolOptions;
import org.ambispike.SessionOptions;
import org.ambispike.SessionPool;
import org.ambispike.SpikingModel;
import org.ambispike.SpikingResult;
import org.ambispike.SpikingSession;
import org.ambispike.common.Precision;
import org.ambispike.device.Device;
import org.ambispike.io.ModelFiles;
import org.ambispike.paper.Architecture;
import org.ambispike.paper.Net4;
import org.ambispike.paper.ResNet18;
import org.ambispike.paper.Vgg16;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Threads;
import org.openjdk.jmh.annotations.Warmup;

/** Net4 embedded: runs, steps, and requests of several threads on a pool; loading of each network. */
@BenchmarkMode(Mode.SampleTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
@Warmup(iterations = 2, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(
        value = 1,
        jvmArgsAppend = {"-Dorg.bytedeco.javacpp.maxBytes=0", "-Dorg.bytedeco.javacpp.maxPhysicalBytes=0"})
public class SessionBenchmark {
    private static final int CLIENTS = 4;
    private static final int LARGEST_T = 8;

    private static SessionOptions options() {
        return SessionOptions.defaults().withDevice(Device.Request.CPU).withLargestTimeSteps(LARGEST_T);
    }

    private static FloatBuffer images(SpikingModel model, int batch) {
        return FloatBuffer.allocate(Math.toIntExact(batch * model.inputShape().elements()));
    }

    /** One session on one thread. */
    @State(Scope.Thread)
    public static class Single {
        @Param({"1", "16", "128"})
        public int batch;

        @Param({"1", "4", "8"})
        public int timeSteps;

        @Param({"F32", "BF16"})
        public Precision precision;

        private SpikingSession session;
        private FloatBuffer images;
        private FloatBuffer logits;

        @Setup(Level.Trial)
        public void open() {
            SpikingModel model = Workload.net4().model();
            session = model.openSession(options().withThreads(1).withPrecision(precision));
            images = images(model, batch);
            logits = FloatBuffer.allocate(batch * model.classes());
        }

        @TearDown(Level.Trial)
        public void close() {
            session.close();
        }
    }

    /** A model file, of a network as wide as published. */
    @State(Scope.Thread)
    public static class File {
        @Param({"net4", "resnet18", "vgg16"})
        public String network;

        private Path file;
        private SpikingModel model;

        @Setup(Level.Trial)
        public void write() throws IOException {
            file = Files.createTempFile("ambispike", ".safetensors");
            model = Workload.of(architecture(network)).model();
            ModelFiles.write(file, model.saved());
        }

        @TearDown(Level.Trial)
        public void delete() throws IOException {
            Files.delete(file);
        }
    }

    private static Architecture architecture(String network) {
        return switch (network) {
            case Net4.NAME -> new Net4();
            case ResNet18.NAME -> new ResNet18(ResNet18.FULL_WIDTH);
            case Vgg16.NAME -> new Vgg16(Vgg16.FULL_WIDTH);
            default -> throw new IllegalArgumentException("no network '" + network + "'");
        };
    }

    /** Single images from several threads. */
    @State(Scope.Benchmark)
    public static class Pool {
        @Param({"1", "2", "4"})
        public int sessions;

        private SessionPool pool;
        private SpikingModel model;

        @Setup(Level.Trial)
        public void open() {
            model = Workload.net4().model();
            pool = SessionPool.open(
                    model,
                    options().withThreads(1),
                    PoolOptions.builder().sessions(sessions).build());
        }

        @TearDown(Level.Trial)
        public void close() {
            pool.close();
        }
    }

    /** A thread's own image. */
    @State(Scope.Thread)
    public static class Client {
        private FloatBuffer image;

        @Setup(Level.Trial)
        public void open(Pool pool) {
            image = images(pool.model, 1);
        }
    }

    @Benchmark
    public int run(Single single) {
        return single.session.runInto(single.images, single.timeSteps, single.logits);
    }

    @Benchmark
    public int steps(Single single) {
        single.session.begin(single.images);
        int t = 0;
        while (t < single.timeSteps) {
            t = single.session.stepInto(single.logits);
        }
        return t;
    }

    @Benchmark
    public SpikingModel load(File file) {
        return SpikingModel.load(file.file);
    }

    @Benchmark
    public long open(File file) {
        try (SpikingSession session = file.model.openSession(options().withThreads(1))) {
            return session.memoryBytes();
        }
    }

    @Benchmark
    @Threads(CLIENTS)
    @BenchmarkMode(Mode.Throughput)
    @OutputTimeUnit(TimeUnit.SECONDS)
    public SpikingResult requests(Pool pool, Client client) {
        return pool.pool.run(client.image, 4);
    }
}
