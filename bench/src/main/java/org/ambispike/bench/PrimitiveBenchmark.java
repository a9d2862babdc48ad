package org.ambispike.bench;

import java.util.concurrent.TimeUnit;
import org.ambispike.backend.Backend;
import org.ambispike.common.Precision;
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
import org.openjdk.jmh.annotations.Warmup;

/** Every oneDNN primitive of Net4: of a training step (batch 128), and of inference (batch 100, T = 8). */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
@Warmup(iterations = 2, time = 500, timeUnit = TimeUnit.MILLISECONDS)
@Measurement(iterations = 5, time = 500, timeUnit = TimeUnit.MILLISECONDS)
@Fork(
        value = 1,
        jvmArgsAppend = {"-Dorg.bytedeco.javacpp.maxBytes=0", "-Dorg.bytedeco.javacpp.maxPhysicalBytes=0"})
public class PrimitiveBenchmark {
    private static final String TRAINING = "training: ";
    private static final String INFERENCE = "inference: ";

    @Param({
        TRAINING + "conv1 forward",
        TRAINING + "conv1 backward by weights",
        TRAINING + "pool1 forward",
        TRAINING + "pool1 backward",
        TRAINING + "conv2 forward",
        TRAINING + "conv2 backward by data",
        TRAINING + "conv2 backward by weights",
        TRAINING + "pool2 forward",
        TRAINING + "pool2 backward",
        TRAINING + "fc1 forward",
        TRAINING + "fc1 backward by data",
        TRAINING + "fc1 backward by weights",
        TRAINING + "fc2 forward",
        TRAINING + "fc2 backward by data",
        TRAINING + "fc2 backward by weights",
        INFERENCE + "conv1 forward",
        INFERENCE + "pool1 forward",
        INFERENCE + "conv2 forward",
        INFERENCE + "pool2 forward",
        INFERENCE + "fc1 forward",
        INFERENCE + "fc2 forward"
    })
    public String primitive;

    @Param({"F32"})
    public Precision precision;

    private Backend backend;
    private StepParts parts;
    private Runnable work;

    @Setup(Level.Trial)
    public void open() {
        backend = BenchBackend.open(precision, 0);
        boolean training = primitive.startsWith(TRAINING);
        parts = training ? StepParts.training(backend, Workload.net4()) : StepParts.inference(backend, Workload.net4());
        work = parts.find(primitive.substring((training ? TRAINING : INFERENCE).length()))
                .work();
    }

    @TearDown(Level.Trial)
    public void close() {
        parts.close();
        backend.close();
    }

    @Benchmark
    public void run() {
        work.run();
        backend.synchronize();
    }
}
