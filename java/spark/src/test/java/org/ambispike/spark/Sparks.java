package org.ambispike.spark;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.ambispike.AnnModel;
import org.ambispike.Calibration;
import org.ambispike.SpikingModel;
import org.ambispike.convert.Converter;
import org.ambispike.convert.Thresholds;
import org.ambispike.data.Dataset;
import org.ambispike.graph.ConvGeometry;
import org.ambispike.graph.Graph;
import org.ambispike.graph.HostTensor;
import org.ambispike.graph.Network;
import org.ambispike.graph.NeuronVariant;
import org.ambispike.graph.Node;
import org.ambispike.graph.Normalisation;
import org.ambispike.graph.Op;
import org.ambispike.graph.Shape;
import org.ambispike.graph.Weights;
import org.ambispike.io.ModelInfo;
import org.ambispike.io.SavedModel;
import org.apache.spark.sql.SparkSession;

/** Sessions of Spark, a small network, and images for it. */
final class Sparks {
    static final Shape IMAGE = Shape.of(6, 6, 1);
    static final int CLASSES = 3;

    private static final Map<String, Thresholds.Pair> THRESHOLDS = Map.of("act", new Thresholds.Pair(0.5, 0.125));
    private static final ModelInfo INFO = new ModelInfo(
            "small",
            "noise",
            new Normalisation(List.of(0.5f), List.of(0.25f)),
            List.of("ant", "bee", "cat"),
            List.of(2, 4),
            Map.of());

    private Sparks() {}

    static SparkSession local() {
        return builder().master("local[2]").getOrCreate();
    }

    static SparkSession.Builder builder() {
        return SparkSession.builder()
                .appName("test")
                .config("spark.ui.enabled", false)
                .config("spark.driver.host", "127.0.0.1")
                .config("spark.sql.shuffle.partitions", 2);
    }

    /** Executors of one core in processes of their own, from a SPARK_HOME as Maven's profile cluster makes it. */
    static SparkSession cluster(int executors) {
        Path jars = Path.of(System.getenv("SPARK_HOME"), "jars");
        // what is on this class path and not in SPARK_HOME/jars is what a user gives with --jars
        String ours = Stream.of(System.getProperty("java.class.path").split(":"))
                .filter(entry -> !Files.exists(jars.resolve(Path.of(entry).getFileName())))
                .collect(Collectors.joining(":"));
        return builder()
                .master("local-cluster[" + executors + ",1,1024]")
                .config("spark.executor.extraClassPath", ours)
                .config("spark.executor.memory", "1000m")
                .config("spark.executorEnv.SPARK_LOCAL_IP", "127.0.0.1")
                .config("spark.executorEnv.OMP_WAIT_POLICY", "PASSIVE")
                .getOrCreate();
    }

    static AnnModel ann() {
        Graph leaky = new Graph(List.of(
                new Node("input", new Op.Input(IMAGE), List.of()),
                new Node("conv", new Op.Conv2d(new ConvGeometry(6, 6, 1, 5, 3, 1, 1)), List.of("input")),
                new Node("act", new Op.Activation(Op.ActivationKind.LEAKY, 0.25, 0, false), List.of("conv")),
                new Node("fc", new Op.Linear(180, CLASSES), List.of("act"))));
        SplittableRandom random = new SplittableRandom(5);
        Map<String, HostTensor> tensors = new LinkedHashMap<>();
        leaky.parameterShapes().forEach((name, shape) -> {
            HostTensor tensor = HostTensor.filled(shape, 0);
            for (int index = 0; index < tensor.values().length; index++) {
                tensor.values()[index] = (float) random.nextDouble(-0.5, 0.5);
            }
            tensors.put(name, tensor);
        });
        Network clipped = Thresholds.clip(new Network(leaky, new Weights(tensors)), THRESHOLDS, false);
        return AnnModel.of(new SavedModel(clipped.graph(), clipped.weights(), INFO));
    }

    static SpikingModel network() {
        Converter.Conversion conversion = Converter.convert(ann().saved().network(), NeuronVariant.PAIR);
        return SpikingModel.of(new SavedModel(conversion.graph(), conversion.weights(), INFO));
    }

    static Dataset images(int count, Shape shape, int classes) {
        byte[] pixels = new byte[Math.toIntExact(count * shape.elements())];
        int[] labels = new int[count];
        SplittableRandom random = new SplittableRandom(7);
        random.nextBytes(pixels);
        for (int image = 0; image < count; image++) {
            labels[image] = random.nextInt(classes);
        }
        List<String> names =
                IntStream.range(0, classes).mapToObj(String::valueOf).toList();
        return Dataset.of("noise", shape, pixels, labels, names, INFO.normalisation());
    }

    /** Rounds of three steps of eight images. */
    static SpikingCalibration.Settings rounds(int rounds) {
        return () ->
                Calibration.builder(2).epochs(rounds).stepsPerEpoch(3).batch(8).build();
    }
}
