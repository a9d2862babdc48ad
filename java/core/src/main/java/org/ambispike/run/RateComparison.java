package org.ambispike.run;

import java.util.Map;
import java.util.stream.IntStream;
import org.ambispike.backend.Backend;
import org.ambispike.common.Cancellation;
import org.ambispike.data.Dataset;
import org.ambispike.graph.Network;

/** Measures how far a spiking network's firing rates are from the activations of its ANN. */
public final class RateComparison {
    private static final int BATCH = 50;
    /** Images times steps that are computed at once; more steps take smaller batches. */
    private static final int IMAGE_STEPS = 800;

    private RateComparison() {}

    /**
     * Returns the relative error of each neuron layer: the root of the squared difference over the ANN's sum of squares.
     *
     * @param timeSteps T
     * @param images at least one; should a last batch not be full, it is left out
     */
    public static Map<String, Double> relativeErrors(
            Backend backend, Network ann, Network snn, int timeSteps, Dataset images) {
        int batch = batch(timeSteps, images.size());
        Cancellation never = new Cancellation();
        try (NetworkRunner teacher = new NetworkRunner(backend, ann);
                NetworkRunner student = new NetworkRunner(backend, snn);
                DataPass activations = teacher.pass(PassPlan.whole(batch, 1).withRates(), never);
                DataPass rates = student.pass(PassPlan.whole(batch, timeSteps).withRates(), never);
                RateErrors errors = new RateErrors(backend, activations)) {
            rates.run(images, errors);
            return errors.relative();
        }
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
