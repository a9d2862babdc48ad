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

/** Inference of Net4 by T, batch and precision: the whole, and its floor, the convolutions and matrix products alone. */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
@Warmup(iterations = 1, time = 1)
@Measurement(iterations = 3, time = 1)
@Fork(
        value = 1,
        jvmArgsAppend = {"-Dorg.bytedeco.javacpp.maxBytes=0", "-Dorg.bytedeco.javacpp.maxPhysicalBytes=0"})
public class InferenceBenchmark {
    @Param({"F32", "BF16", "INT8"})
    public Precision precision;

    @Param({"4", "8"})
    public int timeSteps;

    @Param({"1", "128"})
    public int batch;

    private Backend backend;
    private InferenceRun run;
    private InferenceFloor floor;

    @Setup(Level.Trial)
    public void open() {
        Workload workload = Workload.net4();
        backend = BenchBackend.open(precision, 0);
        run = new InferenceRun(backend, workload, batch, timeSteps);
        floor = new InferenceFloor(backend, workload.spiking(), batch, timeSteps);
    }

    @TearDown(Level.Trial)
    public void close() {
        floor.close();
        run.close();
        backend.close();
    }

    @Benchmark
    public void whole() {
        run.run();
    }

    @Benchmark
    public void products() {
        floor.run();
    }
}
