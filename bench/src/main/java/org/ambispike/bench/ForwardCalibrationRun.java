package org.ambispike.bench;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.SplittableRandom;
import org.ambispike.AnnModel;
import org.ambispike.ForwardCalibration;
import org.ambispike.SpikingModel;
import org.ambispike.common.Precision;
import org.ambispike.common.ProgressListener;
import org.ambispike.data.Dataset;
import org.ambispike.device.Device;
import org.ambispike.graph.ConvGeometry;
import org.ambispike.graph.Graph;
import org.ambispike.graph.MaxPoolGeometry;
import org.ambispike.graph.NeuronVariant;
import org.ambispike.graph.Node;
import org.ambispike.graph.Normalisation;
import org.ambispike.graph.Op;
import org.ambispike.graph.PoolGeometry;
import org.ambispike.graph.Shape;
import org.ambispike.io.ModelInfo;
import org.ambispike.io.SavedModel;
import org.ambispike.latency.ProcessMemory;
import org.ambispike.paper.Initialisation;
import org.ambispike.train.TrainingContext;
import org.ambispike.train.TrainingImages;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** How long a ResNet-50 takes to be calibrated by forward passes, and with how much memory. */
@Command(
        name = "forward",
        mixinStandardHelpOptions = true,
        description = {
            "Converts a ResNet-50 with random weights, calibrates it without gradients, and prints seconds and the largest memory.",
            "Example: bench/run.sh forward --images 64 --T 8"
        })
public final class ForwardCalibrationRun implements Runnable {
    private static final int CLASSES = 1_000;
    /** Blocks of each stage, whose channels double from 64 on. */
    private static final int[] BLOCKS = {3, 4, 6, 3};
    /** Channels of a block's result for each of its inner ones. */
    private static final int WIDENING = 4;

    @Option(names = "--images", defaultValue = "64", description = "Random ones. Default: ${DEFAULT-VALUE}.")
    private int images;

    @Option(names = "--T", defaultValue = "8", description = "Time steps. Default: ${DEFAULT-VALUE}.")
    private int timeSteps;

    @Option(names = "--side", defaultValue = "224", description = "Of an image, in 32s. Default: ${DEFAULT-VALUE}.")
    private int side;

    @Option(names = "--threads", defaultValue = "2", description = "Of the CPU. Default: ${DEFAULT-VALUE}.")
    private int threads;

    private final List<Node> nodes = new ArrayList<>();

    private ForwardCalibrationRun() {}

    public static void main(String[] arguments) {
        System.exit(BenchCommand.execute(new ForwardCalibrationRun(), arguments));
    }

    @Override
    public void run() {
        Graph graph = resNet50();
        ModelInfo info = new ModelInfo("resnet50", "random", Normalisation.none(3), List.of(), List.of(), Map.of());
        AnnModel ann = AnnModel.of(new SavedModel(graph, Initialisation.he(graph, 1), info));
        Dataset random = random();
        Device device = Device.choose(Device.Request.CPU, Precision.F32);
        try (TrainingContext context = TrainingContext.open(device, threads, new TrainingImages(random, random))
                .withListener(new Layers())) {
            long start = System.nanoTime();
            SpikingModel snn = ann.withThresholds(context.withImages(first(random)), 1, false)
                    .convert(NeuronVariant.MEMORY);
            say("converted", start);
            snn.calibrate(
                    context,
                    ann,
                    ForwardCalibration.builder(timeSteps).images(images).build());
            say("calibrated", start);
        }
    }

    private static void say(String what, long start) {
        System.out.printf(
                Locale.ROOT,
                "%s: %.0f s, at most %,d MiB%n",
                what,
                (System.nanoTime() - start) / 1e9,
                ProcessMemory.peak() >> 20);
    }

    private static TrainingImages first(Dataset images) {
        Dataset few = images.slice(0, Math.min(4, images.size()));
        return new TrainingImages(few, few);
    }

    private Dataset random() {
        byte[] pixels = new byte[images * side * side * 3];
        new SplittableRandom(1).nextBytes(pixels);
        return Dataset.unlabelled("random", Shape.of(side, side, 3), pixels, Normalisation.none(3));
    }

    private String add(String name, Op op, String... inputs) {
        nodes.add(new Node(name, op, List.of(inputs)));
        return name;
    }

    private Shape shape(String name) {
        return new Graph(nodes).shape(name);
    }

    private String convolution(String name, String input, int channels, int kernel, int stride) {
        Shape from = shape(input);
        return add(
                name,
                new Op.Conv2d(new ConvGeometry(
                        from.extent(0), from.extent(1), from.extent(2), channels, kernel, stride, kernel / 2)),
                input);
    }

    private String relu(String name, String input) {
        return add(name, new Op.Activation(Op.ActivationKind.LEAKY, 0, 0, false), input);
    }

    private Graph resNet50() {
        String last = add("input", new Op.Input(Shape.of(side, side, 3)));
        last = relu("act0", convolution("conv0", last, 64, 7, 2));
        Shape map = shape(last);
        MaxPoolGeometry pool = MaxPoolGeometry.square(map.extent(0), map.extent(1), map.extent(2), 3, 2, 1);
        last = add("pool0", new Op.MaxPool(pool), last);
        for (int stage = 0; stage < BLOCKS.length; stage++) {
            for (int block = 0; block < BLOCKS[stage]; block++) {
                last = block(stage + "_" + block, last, 64 << stage, stage > 0 && block == 0 ? 2 : 1);
            }
        }
        map = shape(last);
        PoolGeometry means =
                new PoolGeometry(map.extent(0), map.extent(1), map.extent(2), map.extent(0), map.extent(0));
        last = add("means", new Op.AveragePool(means), last);
        add("fc", new Op.Linear(map.extent(2), CLASSES), last);
        return new Graph(nodes);
    }

    private String block(String name, String input, int channels, int stride) {
        String inner = relu("act_a" + name, convolution("conv_a" + name, input, channels, 1, 1));
        inner = relu("act_b" + name, convolution("conv_b" + name, inner, channels, 3, stride));
        inner = convolution("conv_c" + name, inner, WIDENING * channels, 1, 1);
        String shortcut = shape(input).equals(shape(inner))
                ? input
                : convolution("shortcut" + name, input, WIDENING * channels, 1, stride);
        return relu("act_c" + name, add("sum" + name, new Op.Add(), inner, shortcut));
    }

    /** Prints a line for each layer. */
    private static final class Layers implements ProgressListener {
        @Override
        public void stage(String name, long totalSteps) {
            System.out.println(name);
        }

        @Override
        public void step(long done, String message) {
            System.out.println(done + " " + message);
        }

        @Override
        public void note(String line) {
            System.out.println(line);
        }

        @Override
        public void stageDone(String summary) {
            System.out.println(summary);
        }
    }
}
