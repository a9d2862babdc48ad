package org.ambispike.bench;

import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import org.ambispike.backend.Backend;
import org.ambispike.backend.Bf16Operations.Storage;
import org.ambispike.backend.CapturedGraph;
import org.ambispike.backend.DeviceBuffer;
import org.ambispike.backend.Int8Kernel;
import org.ambispike.backend.LinearKernel;
import org.ambispike.backend.cuda.CudaBackend;
import org.ambispike.backend.cuda.CudaOptions;
import org.ambispike.common.Precision;
import org.ambispike.device.Device;
import org.ambispike.exec.ExecutionOptions;
import org.ambispike.exec.Executor;
import org.ambispike.exec.ParameterStore;
import org.ambispike.graph.Network;
import org.ambispike.io.AtomicFiles;
import org.ambispike.paper.Vgg16;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** Inference of VGG-16 on a GPU against its roofline, and what our own kernels take of it. */
@Command(
        name = "gpu",
        mixinStandardHelpOptions = true,
        sortOptions = false,
        description = {
            "Inference of a spiking VGG-16 with random weights: the whole as a CUDA graph and kernel by kernel, each part"
                    + " alone, the least time of each by the copy bandwidth and the matrix rate measured in the same run."
                    + " Medians, by the device's clock.",
            "Example: bench/run.sh gpu --precision bf16 --batch 256 --T 4"
        })
public final class GpuInference implements Runnable {
    private static final int WARM_UPS = 5;
    /** Of one call in a graph, so that the host's time to ask for it is not the device's. */
    private static final int REPEATS = 20;
    /** Rows of matrices of bytes, whose weights the host rounds. */
    private static final int MOST_OF_BYTES = 4096;

    @Option(names = "--device", defaultValue = "cuda", description = "Default: ${DEFAULT-VALUE}.")
    private Device.Kind device;

    @Option(names = "--precision", defaultValue = "bf16", description = "Default: ${DEFAULT-VALUE}.")
    private Precision precision;

    @Option(names = "--batch", defaultValue = "256", description = "Images at once. Default: ${DEFAULT-VALUE}.")
    private int batch;

    @Option(names = "--T", defaultValue = "4", description = "Time steps. Default: ${DEFAULT-VALUE}.")
    private int timeSteps;

    @Option(names = "--width", defaultValue = "64", description = "Of the first layer. Default: ${DEFAULT-VALUE}.")
    private int width;

    @Option(names = "--times", defaultValue = "30", description = "Measurements of each. Default: ${DEFAULT-VALUE}.")
    private int times;

    @Option(names = "--extent", defaultValue = "8192", description = "Of the matrices. Default: ${DEFAULT-VALUE}.")
    private int extent;

    @Option(
            names = "--copy-floats",
            defaultValue = "134217728",
            description = "Of the array that is copied. Default: ${DEFAULT-VALUE}.")
    private int copyFloats;

    @Option(names = "--autotune", description = "Measure cuDNN's algorithms.")
    private boolean autotune;

    @Option(names = "--csv", description = "Also write all rows here.")
    private Optional<Path> csv;

    @Option(names = "--markdown", description = "Also write the tables here, for docs/gpu.md.")
    private Optional<Path> markdown;

    @Option(names = "--network", description = "Also write the network here, for bench/peers/gpu.py.")
    private Optional<Path> file;

    private GpuInference() {}

    public static void main(String[] arguments) {
        System.exit(BenchCommand.execute(new GpuInference(), arguments));
    }

    private Backend open(boolean graphs) {
        if (device == Device.Kind.CPU) {
            return BenchBackend.open(precision, 0);
        }
        CudaOptions options = CudaOptions.fromEnvironment();
        if (autotune) {
            options = options.withAutotune();
        }
        return CudaBackend.open(precision, new CudaOptions(graphs, options.algorithms()));
    }

    @Override
    public void run() {
        Workload workload = Workload.of(new Vgg16(width));
        Network network = workload.spiking();
        file.ifPresent(each -> workload.model().save(each));
        GpuTable table = new GpuTable();
        double direct;
        try (Backend backend = open(false)) {
            direct = whole(backend, network);
        }
        try (Backend backend = open(true)) {
            double copied = copyBytesPerMillisecond(backend);
            double computed = operationsPerMillisecond(backend);
            double captured = whole(backend, network);
            try (GpuParts parts = new GpuParts(backend, network, batch, timeSteps)) {
                for (GpuPart part : parts.parts()) {
                    table.add(part, alone(backend, part.work()), part.floor(copied, computed));
                }
            }
            String title = String.format(
                    Locale.ROOT,
                    "VGG-16 width %d, T = %d, batch %d, %s%s, %s",
                    width,
                    timeSteps,
                    batch,
                    precision.name().toLowerCase(Locale.ROOT),
                    autotune ? ", autotuned" : "",
                    backend.describe());
            finish(table, title, new GpuTable.Measured(copied, computed, direct, captured, batch));
        }
    }

    private void finish(GpuTable table, String title, GpuTable.Measured measured) {
        String text = table.markdown(title, measured);
        System.out.print(text);
        csv.ifPresent(file -> AtomicFiles.writeText(file, table.csv(title, measured)));
        markdown.ifPresent(file -> AtomicFiles.writeText(file, text));
    }

    private double alone(Backend backend, Runnable work) {
        Runnable repeated = () -> {
            for (int repeat = 0; repeat < REPEATS; repeat++) {
                work.run();
            }
        };
        try (CapturedGraph graph = backend.capture("repeats", List.of(), repeated)) {
            return median(backend, graph::run) / REPEATS;
        }
    }

    private double median(Backend backend, Runnable work) {
        Samples samples = new Samples();
        for (int time = -WARM_UPS; time < times; time++) {
            double milliseconds = Stopwatch.deviceMilliseconds(backend, work);
            if (time >= 0) {
                samples.add(milliseconds);
            }
        }
        return samples.median();
    }

    private double whole(Backend backend, Network network) {
        try (ParameterStore store = ParameterStore.create(backend, network.graph(), network.weights(), false);
                Executor executor =
                        Executor.plan(backend, network.graph(), store, ExecutionOptions.inference(batch, timeSteps))) {
            float[] images = new float
                    [Math.toIntExact(batch * network.graph().inputShape().elements())];
            for (int i = 0; i < images.length; i++) {
                images[i] = (float) Math.sin(i);
            }
            executor.input(images, batch);
            return median(backend, executor::forward);
        }
    }

    private double copyBytesPerMillisecond(Backend backend) {
        long bytes = (long) copyFloats * Float.BYTES;
        try (DeviceBuffer from = backend.memory().allocate("from", bytes);
                DeviceBuffer to = backend.memory().allocate("to", bytes)) {
            backend.memory().fill(from, 1.5);
            return 2.0 * bytes / alone(backend, () -> backend.memory().copy(from, to));
        }
    }

    private double operationsPerMillisecond(Backend backend) {
        if (backend.int8().isPresent()) {
            return byteOperationsPerMillisecond(backend, Math.min(extent, MOST_OF_BYTES));
        }
        long elements = (long) extent * extent;
        try (LinearKernel kernel = backend.bf16()
                        .map(bf16 -> bf16.planMatMul("matrices", extent, extent, extent, Storage.BF16))
                        .orElseGet(() -> backend.linear().planMatMul("matrices", extent, extent, extent, false));
                DeviceBuffer own = backend.memory().allocate("own", Math.max(kernel.ownBytes(), Float.BYTES));
                DeviceBuffer scratch =
                        backend.memory().allocate("scratch", Math.max(kernel.scratchBytes(), Float.BYTES));
                DeviceBuffer a = backend.memory().allocate("a", elements * Float.BYTES);
                DeviceBuffer b = backend.memory().allocate("b", elements * Float.BYTES);
                DeviceBuffer c = backend.memory().allocate("c", elements * Float.BYTES)) {
            Fill.halves(backend, a);
            Fill.random(backend, b);
            kernel.attach(own, scratch);
            kernel.prepareWeights(b);
            Runnable product = () -> kernel.forward(a, DeviceBuffer.absent(), c);
            return 2.0 * elements * extent / alone(backend, product);
        }
    }

    private double byteOperationsPerMillisecond(Backend backend, int rows) {
        long elements = (long) rows * rows;
        try (Int8Kernel kernel = backend.int8().orElseThrow().planMatMul("matrices", rows, rows, rows, rows);
                DeviceBuffer own = backend.memory().allocate("own", kernel.ownBytes());
                DeviceBuffer scratch =
                        backend.memory().allocate("scratch", Math.max(kernel.scratchBytes(), Float.BYTES));
                DeviceBuffer a = backend.memory().allocate("a", elements);
                DeviceBuffer b = backend.memory().allocate("b", elements * Float.BYTES);
                DeviceBuffer line = backend.memory().allocate("bias and units", (long) rows * Float.BYTES);
                DeviceBuffer c = backend.memory().allocate("c", elements * Float.BYTES)) {
            Fill.halves(backend, a);
            Fill.random(backend, b);
            Fill.halves(backend, line);
            kernel.attach(own, scratch);
            kernel.prepare(b, line, line, 1);
            return 2.0 * elements * rows / alone(backend, () -> kernel.forward(a, c));
        }
    }
}
