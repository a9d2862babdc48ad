package org.ambispike.bench;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.ambispike.backend.Backend;
import org.ambispike.backend.DeviceBuffer;
import org.ambispike.backend.Int8Kernel;
import org.ambispike.backend.LinearKernel;
import org.ambispike.common.Precision;
import org.ambispike.graph.ConvGeometry;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** Depthwise layers as executors run them, against oneDNN's primitive in the layouts that it likes best. */
@Command(
        name = "depthwise",
        mixinStandardHelpOptions = true,
        description = {
            "Times depthwise convolutions of 3x3, forward for inference, with all that a layer does around oneDNN's primitive;"
                    + " and the primitive alone, whose arrays have the layouts that oneDNN chose. Best of all rounds.",
            "Example: bench/run.sh depthwise --precision f32,int8 --threads 1"
        })
public final class Depthwise implements Runnable {
    private static final double MILLISECONDS_A_ROUND = 3;

    @Option(
            names = "--precision",
            split = ",",
            defaultValue = "F32,BF16,INT8",
            description = "Default: ${DEFAULT-VALUE}.")
    private List<Precision> precisions;

    @Option(names = "--threads", defaultValue = "0", description = "Default: one for each core.")
    private int threads;

    @Option(names = "--rounds", defaultValue = "21", description = "Rounds of both in turn. Default: ${DEFAULT-VALUE}.")
    private int rounds;

    @Option(names = "--batch", split = ",", defaultValue = "1,32", description = "Images. Default: ${DEFAULT-VALUE}.")
    private List<Integer> batches;

    private final List<Runnable> closers = new ArrayList<>();

    private Depthwise() {}

    public static void main(String[] arguments) {
        System.exit(BenchCommand.execute(new Depthwise(), arguments));
    }

    private static List<ConvGeometry> layers() {
        return List.of(
                depthwise(112, 32, 1),
                depthwise(112, 64, 2),
                depthwise(56, 128, 1),
                depthwise(28, 256, 1),
                depthwise(14, 512, 1),
                depthwise(14, 512, 2),
                depthwise(7, 512, 1));
    }

    private static ConvGeometry depthwise(int extent, int channels, int stride) {
        return new ConvGeometry(extent, extent, channels, channels, 3, stride, 1, channels);
    }

    @Override
    public void run() {
        System.out.printf(
                Locale.ROOT,
                "%-6s %5s %-18s %9s %9s %6s  %s%n",
                "type",
                "batch",
                "map, stride",
                "layer ms",
                "oneDNN ms",
                "ratio",
                "layer; primitive alone");
        for (Precision precision : precisions) {
            try (Backend backend = BenchBackend.open(precision, threads)) {
                for (int batch : batches) {
                    layers().forEach(layer -> measure(backend, precision, layer, batch));
                }
            }
        }
    }

    private void measure(Backend backend, Precision precision, ConvGeometry layer, int batch) {
        try (DnnlConvolutionAlone alone = new DnnlConvolutionAlone(precision, layer, batch)) {
            StringBuilder kernel = new StringBuilder();
            Runnable ours = precision == Precision.INT8
                    ? int8(backend, layer, batch, kernel)
                    : floats(backend, layer, batch, kernel);
            int repeats = repeats(alone::run);
            double best = Double.POSITIVE_INFINITY;
            double bestAlone = Double.POSITIVE_INFINITY;
            for (int round = 0; round < rounds; round++) {
                best = Math.min(best, milliseconds(ours, repeats));
                bestAlone = Math.min(bestAlone, milliseconds(alone::run, repeats));
            }
            System.out.printf(
                    Locale.ROOT,
                    "%-6s %5d %-18s %9.4f %9.4f %6.2f  %s; %s%n",
                    precision,
                    batch,
                    layer.height() + "x" + layer.width() + "x" + layer.inChannels() + ", "
                            + layer.down().stride(),
                    best,
                    bestAlone,
                    best / bestAlone,
                    kernel,
                    alone.implementation());
        } finally {
            closers.forEach(Runnable::run);
            closers.clear();
        }
    }

    private static int repeats(Runnable work) {
        milliseconds(work, 1);
        return (int) Math.max(1, Math.min(1000, MILLISECONDS_A_ROUND / milliseconds(work, 1)));
    }

    private static double milliseconds(Runnable work, int repeats) {
        long started = System.nanoTime();
        for (int repeat = 0; repeat < repeats; repeat++) {
            work.run();
        }
        return Stopwatch.since(started) / repeats;
    }

    private Runnable floats(Backend backend, ConvGeometry layer, int batch, StringBuilder description) {
        LinearKernel kernel = backend.linear().planConvolution("layer", layer, batch, false);
        closers.add(kernel::close);
        description.append(kernel.describe());
        kernel.attach(bytes(backend, kernel.ownBytes()), bytes(backend, kernel.scratchBytes()));
        DeviceBuffer weights = filled(backend, layer.weightShape().elements());
        DeviceBuffer bias = filled(backend, layer.outChannels());
        DeviceBuffer src = filled(backend, batch * layer.inputShape().elements());
        DeviceBuffer dst = filled(backend, batch * layer.outputShape().elements());
        kernel.prepareWeights(weights);
        return () -> kernel.forward(src, bias, dst);
    }

    private Runnable int8(Backend backend, ConvGeometry layer, int batch, StringBuilder description) {
        Int8Kernel kernel = backend.int8().orElseThrow().planConvolution("layer", layer, batch);
        closers.add(kernel::close);
        description.append(kernel.describe());
        kernel.attach(bytes(backend, kernel.ownBytes()), bytes(backend, kernel.scratchBytes()));
        kernel.prepare(
                filled(backend, layer.weightShape().elements()),
                filled(backend, layer.outChannels()),
                filled(backend, layer.inChannels()),
                1);
        DeviceBuffer src = bytes(backend, batch * layer.inputShape().elements());
        DeviceBuffer dst = filled(backend, batch * layer.outputShape().elements());
        return () -> kernel.forward(src, dst);
    }

    private DeviceBuffer filled(Backend backend, long floats) {
        DeviceBuffer buffer = bytes(backend, floats * Float.BYTES);
        Fill.positive(backend, buffer);
        return buffer;
    }

    private DeviceBuffer bytes(Backend backend, long bytes) {
        DeviceBuffer buffer = backend.memory().allocate("depthwise", Math.max(bytes, Float.BYTES));
        closers.add(buffer::close);
        return buffer;
    }
}
