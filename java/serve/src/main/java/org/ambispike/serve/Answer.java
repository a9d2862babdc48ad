package org.ambispike.serve;

import java.util.List;
import java.util.Optional;

/**
 * What the network says of an image.
 *
 * @param logits after the last step; of a network without classes, the values of all results
 * @param timeSteps T that it took
 * @param nanoseconds that the network took
 */
record Answer(float[] logits, int timeSteps, long nanoseconds, Optional<Trace> trace) {
    /**
     * What happened on the way.
     *
     * @param logits by step, then by class, or the values of all results
     * @param annLogits of the ANN
     */
    record Trace(List<float[]> logits, float[] annLogits, List<LayerTrace> layers) {}
}
