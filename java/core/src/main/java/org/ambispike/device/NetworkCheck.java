package org.ambispike.device;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import org.ambispike.backend.Backend;
import org.ambispike.backend.DeviceBuffer;
import org.ambispike.exec.ExecutionOptions;
import org.ambispike.exec.Executor;
import org.ambispike.exec.ParameterStore;
import org.ambispike.graph.ConvGeometry;
import org.ambispike.graph.Graph;
import org.ambispike.graph.HostTensor;
import org.ambispike.graph.NeuronModel;
import org.ambispike.graph.Node;
import org.ambispike.graph.Op;
import org.ambispike.graph.PoolGeometry;
import org.ambispike.graph.Shape;
import org.ambispike.graph.Weights;

/**
 * A small spiking network through the executor, whose passes a backend may capture: the first is direct, the second is
 * captured, and the others are replays.
 *
 * <p>Spikes are steps, and one that falls otherwise changes all that follows. So images, weights and thresholds are such
 * that every drive has at most 8 significant bits, which no precision rounds, and initial potentials such that no membrane
 * comes nearer to a threshold than half the grid on which drives lie: every precision must give the same spikes.
 *
 * @param model of its neurons
 */
record NetworkCheck(NeuronModel model) {
    private static final int BATCH = 3;
    static final int STEPS = 4;
    private static final int PASSES = 4;
    private static final int CLASSES = 4;
    private static final Shape IMAGE = Shape.of(15, 15, 2);
    private static final ConvGeometry FIRST = new ConvGeometry(15, 15, 2, 8, 3, 2, 1);
    private static final PoolGeometry POOL = new PoolGeometry(8, 8, 8, 2, 2);
    private static final ConvGeometry SECOND = new ConvGeometry(4, 4, 8, 8, 3, 2, 1);
    private static final int FEATURES = 32;

    private static final double ALPHA = 0.25;
    private static final double THETA_P = 10 / 16.0;
    private static final double THETA_N = 3 / 16.0;
    /** The values of pixels, and of the weights of convolutions: -1/2, 0 or 1/2. */
    private static final double HALF = 0.5;

    /** Weights of an output of the second layer that are not 0: sums of so many pooled spikes have 8 bits. */
    private static final int TAPS = 6;

    /** Drives of the first layer are multiples of 1/8 with their bias, those of the second of 1/128. */
    private static final double FIRST_GRID = 1 / 8.0;

    private static final double SECOND_GRID = 1 / 128.0;

    Graph graph() {
        Op.Spike spike = new Op.Spike(model, ALPHA, false);
        return new Graph(List.of(
                new Node("image", new Op.Input(IMAGE), List.of()),
                new Node("conv1", new Op.Conv2d(FIRST), List.of("image")),
                new Node("spike1", spike, List.of("conv1")),
                new Node("pool1", new Op.AveragePool(POOL), List.of("spike1")),
                new Node("conv2", new Op.Conv2d(SECOND), List.of("pool1")),
                new Node("spike2", spike, List.of("conv2")),
                new Node("fc1", new Op.Linear(FEATURES, CLASSES), List.of("spike2"))));
    }

    private Weights weights() {
        SplittableRandom random = new SplittableRandom(8);
        Map<String, HostTensor> values = new LinkedHashMap<>();
        graph().parameterShapes().forEach((name, shape) -> values.put(name, parameter(name, shape, random)));
        return new Weights(values);
    }

    private static HostTensor parameter(String name, Shape shape, SplittableRandom random) {
        double grid = name.startsWith("spike1") ? FIRST_GRID : SECOND_GRID;
        return switch (name.substring(name.indexOf('.') + 1)) {
            case "thetaPositive" -> HostTensor.filled(shape, (float) THETA_P);
            case "thetaNegative" -> HostTensor.filled(shape, (float) THETA_N);
            case "startPositive" -> HostTensor.filled(shape, start(THETA_P, grid));
            case "startNegative" -> HostTensor.filled(shape, start(THETA_N / ALPHA, grid));
            case "bias" -> multiples(shape, FIRST_GRID, 2, random);
            default -> name.startsWith("conv2") ? sparse(shape, random) : multiples(shape, HALF, 1, random);
        };
    }

    /** As a fraction of the threshold: near its half, in the middle between two points of the grid. */
    private static float start(double threshold, double grid) {
        return (float) ((Math.floor(threshold / 2 / grid) + 0.5) * grid / threshold);
    }

    /** Multiples of a unit, up to so many of either sign. */
    private static HostTensor multiples(Shape shape, double unit, int most, SplittableRandom random) {
        HostTensor tensor = HostTensor.filled(shape, 0);
        for (int i = 0; i < tensor.values().length; i++) {
            tensor.values()[i] = (float) (unit * random.nextInt(-most, most + 1));
        }
        return tensor;
    }

    private static HostTensor sparse(Shape shape, SplittableRandom random) {
        HostTensor tensor = HostTensor.filled(shape, 0);
        int outputs = Math.toIntExact(shape.extent(0));
        int each = tensor.values().length / outputs;
        for (int output = 0; output < outputs; output++) {
            for (int tap = 0; tap < TAPS; tap++) {
                int place = output * each + random.nextInt(each);
                tensor.values()[place] = (float) (random.nextBoolean() ? HALF : -HALF);
            }
        }
        return tensor;
    }

    private static float[] images(SplittableRandom random) {
        return multiples(Shape.of(BATCH, 15, 15, 2), HALF, 2, random).values();
    }

    /** Logits and the layers' firing rates, pass by pass. */
    List<float[]> inference(Backend backend) {
        Graph graph = graph();
        SplittableRandom random = new SplittableRandom(9);
        List<float[]> results = new ArrayList<>();
        ExecutionOptions options = ExecutionOptions.inference(BATCH, STEPS).withRates();
        try (ParameterStore store = ParameterStore.create(backend, graph, weights(), false);
                Executor executor = Executor.plan(backend, graph, store, options)) {
            for (int pass = 0; pass < PASSES; pass++) {
                executor.input(images(random), BATCH);
                executor.forward();
                results.add(floats(backend, executor.finalLogits()));
                graph.neurons().forEach(neuron -> results.add(floats(backend, executor.rate(neuron.name()))));
            }
        }
        return results;
    }

    /** Gradients of all parameters and the logits, step by step. */
    List<float[]> training(Backend backend) {
        Graph graph = graph();
        SplittableRandom random = new SplittableRandom(10);
        List<float[]> results = new ArrayList<>();
        try (ParameterStore store = ParameterStore.create(backend, graph, weights(), true);
                Executor executor = Executor.plan(backend, graph, store, ExecutionOptions.training(BATCH, STEPS))) {
            for (int pass = 0; pass < PASSES; pass++) {
                executor.input(images(random), BATCH);
                executor.forward();
                DeviceBuffer gradient = executor.logitsGradient();
                float[] values = new float[Math.toIntExact(gradient.floats())];
                for (int i = 0; i < values.length; i++) {
                    values[i] = (float) random.nextGaussian();
                }
                backend.memory().upload(values, 0, values.length, gradient);
                executor.backward(true);
                results.add(floats(backend, executor.finalLogits()));
                graph.parameterShapes().keySet().forEach(name -> results.add(floats(backend, store.gradient(name))));
            }
        }
        return results;
    }

    private static float[] floats(Backend backend, DeviceBuffer source) {
        float[] values = new float[Math.toIntExact(source.floats())];
        backend.memory().download(source, values, 0, values.length);
        return values;
    }
}
