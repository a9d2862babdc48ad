package org.ambispike.serve;

import java.util.List;
import java.util.Optional;

/**
 * What the network says of an image.
 *
 * @param logits after the last step
 * @param timeSteps T that it took
 * @param nanoseconds that the network took
 */
record Answer(float[] logits, int timeSteps, long nanoseconds, Optional<Trace> trace) {
    /**
     * What happened on the way.
     *
     * @param probabilities by step, then by class
     * @param annLogits of the ANN
     */
    record Trace(List<float[]> probabilities, float[] annLogits, List<LayerTrace> layers) {}
}
