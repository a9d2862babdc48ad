package org.ambispike.bench;

import java.util.concurrent.TimeUnit;
import org.ambispike.backend.Backend;
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

/** Our own kernels, one by one, in a core's cache, in the last-level cache and in memory. */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
@Warmup(iterations = 2, time = 500, timeUnit = TimeUnit.MILLISECONDS)
@Measurement(iterations = 5, time = 500, timeUnit = TimeUnit.MILLISECONDS)
@Fork(
        value = 1,
        jvmArgsAppend = {"-Dorg.bytedeco.javacpp.maxBytes=0", "-Dorg.bytedeco.javacpp.maxPhysicalBytes=0"})
public class KernelBenchmark {
    @Param({
        "copy",
        "spike pair forward T=1",
        "spike pair forward T=4",
        "spike pair forward T=8",
        "spike pair forward T=16",
        "spike pair backward T=1",
        "spike pair backward T=4",
        "spike pair backward T=8",
        "spike pair backward T=16",
        "spike single forward T=4",
        "spike single backward T=4",
        "spike integrate_and_fire forward T=4",
        "spike integrate_and_fire backward T=4",
        "spike pair forward T=4, rates only",
        "spike pair forward T=4, up to 4 quanta",
        "spike pair backward T=4, up to 4 quanta",
        "spike pair int8 forward T=1",
        "spike pair int8 forward T=4",
        "spike pair int8 forward T=8",
        "spike pair int8 forward T=16",
        "spike single int8 forward T=4",
        "int8 sums of 2x2 windows",
        "leaky activation forward",
        "leaky activation backward",
        "clipped activation forward",
        "clipped activation backward",
        "quantised activation forward",
        "quantised activation backward",
        "dropout",
        "rate loss MSE",
        "rate loss KL",
        "softmax loss",
        "variance penalty",
        "sum of squares",
        "AdamW",
        "SGD with momentum",
        "moving average"
    })
    public String kernel;

    @Param({"256", "8192", "409600"})
    public long kibibytes;

    private Backend backend;
    private KernelCases cases;
    private Runnable work;

    @Setup(Level.Trial)
    public void open() {
        backend = BenchBackend.forKernels(0);
        cases = new KernelCases(backend, KernelCases.elements(kibibytes << 10));
        work = cases.find(kernel).work();
    }

    @TearDown(Level.Trial)
    public void close() {
        cases.close();
        backend.close();
    }

    @Benchmark
    public void run() {
        work.run();
        backend.synchronize();
    }
}
