package org.ambispike.bench;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import org.ambispike.backend.Backend;
import org.ambispike.backend.cpu.CpuBackend;
import org.ambispike.backend.cuda.CudaBackend;
import org.ambispike.backend.cuda.CudaOptions;
import org.ambispike.common.Precision;
import org.ambispike.device.Device;
import org.ambispike.paper.Vgg16;
import org.ambispike.train.StepLoop;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** Images a second of a training step through time on labels, as CSV: tool, T, batch, images/s. */
@Command(
        name = "bptt",
        mixinStandardHelpOptions = true,
        description = "Trains pair neurons through time and prints images a second, the median over steps.")
public final class ThroughTime implements Runnable {
    private static final int WARM_UP = 2;

    @Option(names = "--T", split = ",", defaultValue = "4,8", description = "Time steps. Default: ${DEFAULT-VALUE}.")
    private List<Integer> timeSteps;

    @Option(names = "--batch", defaultValue = "128", description = "Images of a step. Default: ${DEFAULT-VALUE}.")
    private int batch;

    @Option(names = "--threads", defaultValue = "1", description = "Default: ${DEFAULT-VALUE}.")
    private int threads;

    @Option(names = "--steps", defaultValue = "10", description = "Timed steps. Default: ${DEFAULT-VALUE}.")
    private int steps;

    @Option(names = "--device", defaultValue = "cpu", description = "cpu or cuda. Default: ${DEFAULT-VALUE}.")
    private Device.Kind device;

    @Option(names = "--precision", defaultValue = "f32", description = "Default: ${DEFAULT-VALUE}.")
    private Precision precision;

    @Option(names = "--width", description = "Of VGG-16's first layer. Default: Net4 in its place.")
    private Optional<Integer> width;

    private ThroughTime() {}

    public static void main(String[] arguments) {
        System.exit(BenchCommand.execute(new ThroughTime(), arguments));
    }

    @Override
    public void run() {
        Workload workload = width.map(each -> Workload.of(new Vgg16(each))).orElseGet(Workload::net4);
        for (int each : timeSteps) {
            List<Long> ends = new ArrayList<>();
            try (Backend backend = device == Device.Kind.CPU
                            ? CpuBackend.open(precision, threads)
                            : CudaBackend.open(precision, CudaOptions.fromEnvironment());
                    StepLoop loop = workload.throughTime(backend, batch, each)) {
                loop.run(steps + WARM_UP, () -> ends.add(System.nanoTime()));
            }
            long[] times = new long[ends.size() - WARM_UP];
            for (int index = 0; index < times.length; index++) {
                times[index] = ends.get(index + WARM_UP) - ends.get(index + WARM_UP - 1);
            }
            Arrays.sort(times);
            System.out.printf(
                    Locale.ROOT, "ambispike,%d,%d,%.0f%n", each, batch, batch * 1e9 / times[times.length / 2]);
        }
    }
}
