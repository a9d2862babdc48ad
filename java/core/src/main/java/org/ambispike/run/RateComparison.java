package org.ambispike.run;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.stream.IntStream;
import org.ambispike.backend.Backend;
import org.ambispike.backend.DeviceBuffer;
import org.ambispike.backend.RateBuffers;
import org.ambispike.backend.RateLoss;
import org.ambispike.data.BatchOptions;
import org.ambispike.data.Batches;
import org.ambispike.data.Dataset;
import org.ambispike.exec.ExecutionOptions;
import org.ambispike.exec.Executor;
import org.ambispike.exec.ParameterStore;
import org.ambispike.graph.Graph;
import org.ambispike.graph.Node;
import org.ambispike.graph.Weights;

/** How far a spiking network's firing rates are from the activations of its ANN. */
public final class RateComparison {
    private static final int BATCH = 50;
    /** Images times steps that are computed at once; more steps take smaller batches. */
    private static final int IMAGE_STEPS = 800;

    /** A network. */
    public record Network(Graph graph, Weights weights) {}

    private RateComparison() {}

    /**
     * The relative error of each neuron layer: the root of the squared difference over the ANN's sum of squares.
     *
     * @param timeSteps T
     * @param images at least one; should a last batch not be full, it is left out
     */
    public static Map<String, Double> relativeErrors(
            Backend backend, Network ann, Network snn, int timeSteps, Dataset images) {
        int batch = batch(timeSteps, images.size());
        Map<String, Double> squaredErrors = new LinkedHashMap<>();
        Map<String, Double> squares = new LinkedHashMap<>();
        double[] values = new double[2];
        ExecutionOptions rates = ExecutionOptions.inference(batch, timeSteps).withRates();
        try (ParameterStore annStore = ParameterStore.create(backend, ann.graph(), ann.weights(), false);
                ParameterStore snnStore = ParameterStore.create(backend, snn.graph(), snn.weights(), false);
                Executor teacher = Executor.plan(
                        backend,
                        ann.graph(),
                        annStore,
                        ExecutionOptions.inference(batch, 1).withRates());
                Executor student = Executor.plan(backend, snn.graph(), snnStore, rates);
                DeviceBuffer result = backend.memory().allocate("comparison", 2L * Double.BYTES);
                Batches batches = Batches.open(images, BatchOptions.inOrder(batch))) {
            batches.start(0);
            while (batches.advance() && batches.current().count() == batch) {
                teacher.input(batches.current().images(), batch);
                student.input(batches.current().images(), batch);
                teacher.forward();
                student.forward();
                for (Node neuron : snn.graph().neurons()) {
                    backend.training()
                            .rateLoss(
                                    RateLoss.MSE,
                                    new RateBuffers(
                                            student.rate(neuron.name()),
                                            teacher.rate(neuron.name()),
                                            DeviceBuffer.absent(),
                                            DeviceBuffer.absent(),
                                            result),
                                    student.scratch(),
                                    student.neurons(neuron),
                                    0,
                                    1);
                    backend.memory().download(result, values);
                    squaredErrors.merge(neuron.name(), values[0] * values[1], Double::sum);
                    squares.merge(neuron.name(), values[1], Double::sum);
                }
            }
        }
        Map<String, Double> errors = new LinkedHashMap<>();
        squaredErrors.forEach((layer, sum) -> errors.put(layer, Math.sqrt(sum / squares.get(layer))));
        return errors;
    }

    /** The largest divisor of the usual batch that is small enough, so that every T sees the same images. */
    private static int batch(int timeSteps, int images) {
        int most = Math.min(images, Math.max(1, IMAGE_STEPS / timeSteps));
        return IntStream.rangeClosed(1, Math.min(BATCH, most))
                .filter(size -> BATCH % size == 0)
                .max()
                .orElseThrow();
    }
}
