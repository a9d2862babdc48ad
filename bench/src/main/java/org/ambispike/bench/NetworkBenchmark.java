package org.ambispike.bench;

import java.util.concurrent.TimeUnit;
import org.ambispike.backend.Backend;
import org.ambispike.common.Precision;
import org.ambispike.train.StepLoop;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OperationsPerInvocation;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;

/** Net4 whole: a step of training, a step of calibration. {@link InferenceBenchmark} has inference. */
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MILLISECONDS)
@Warmup(iterations = 1, time = 2)
@Measurement(iterations = 5, time = 2)
@Fork(
        value = 1,
        jvmArgsAppend = {"-Dorg.bytedeco.javacpp.maxBytes=0", "-Dorg.bytedeco.javacpp.maxPhysicalBytes=0"})
public class NetworkBenchmark {
    /** Steps of one run of the training loop; what the loop does around them is shared among as many. */
    private static final int STEPS = 50;

    /** The backend and what every benchmark runs on. */
    @State(Scope.Thread)
    public static class Device {
        @Param({"F32", "BF16"})
        public Precision precision;

        private Backend backend;
        private final Workload workload = Workload.net4();

        @Setup(Level.Trial)
        public void open() {
            backend = BenchBackend.open(precision, 0);
        }

        @TearDown(Level.Trial)
        public void close() {
            backend.close();
        }
    }

    /** ANN, batch 128. */
    @State(Scope.Thread)
    public static class Training {
        private StepLoop loop;

        @Setup(Level.Trial)
        public void open(Device device) {
            loop = device.workload.training(device.backend);
        }

        @TearDown(Level.Trial)
        public void close() {
            loop.close();
        }
    }

    /** Spiking network with its teacher, batch 100, T = 4. */
    @State(Scope.Thread)
    public static class Calibration {
        private StepLoop loop;

        @Setup(Level.Trial)
        public void open(Device device) {
            loop = device.workload.calibration(device.backend);
        }

        @TearDown(Level.Trial)
        public void close() {
            loop.close();
        }
    }

    @Benchmark
    @OperationsPerInvocation(STEPS)
    public void trainingStep(Training training) {
        training.loop.run(STEPS, () -> {});
    }

    @Benchmark
    @OperationsPerInvocation(STEPS)
    public void calibrationStep(Calibration calibration) {
        calibration.loop.run(STEPS, () -> {});
    }
}
