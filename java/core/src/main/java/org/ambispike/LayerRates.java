package org.ambispike;

import java.nio.FloatBuffer;
import java.util.ArrayList;
import java.util.List;
import org.ambispike.graph.HostTensor;
import org.ambispike.graph.Shape;

/**
 * How a layer of spiking neurons fired in a run.
 *
 * @param layer name
 * @param positive positive spikes per neuron and time step, in [0, 1]
 * @param negative negative spikes per neuron and time step, in [0, 1]
 * @param emitted [images, H, W, C], or [images, features]: the mean over the steps of what each neuron emitted, which
 *     approximates the ANN's activation
 */
public record LayerRates(String layer, double positive, double negative, HostTensor emitted) {
    /**
     * Some images of a run.
     *
     * @param timeSteps that all of them took together
     */
    record Part(List<LayerRates> layers, long timeSteps) {}

    /** Returns the rates of all images of a run that was split. */
    static List<LayerRates> join(List<Part> parts) {
        List<LayerRates> joined = new ArrayList<>();
        for (int layer = 0; layer < parts.get(0).layers().size(); layer++) {
            double positive = 0;
            double negative = 0;
            long timeSteps = 0;
            int[] extents = parts.get(0).layers().get(layer).emitted().shape().toArray();
            extents[0] = 0;
            FloatBuffer emitted = FloatBuffer.allocate(0);
            for (Part part : parts) {
                LayerRates rates = part.layers().get(layer);
                positive += rates.positive() * part.timeSteps();
                negative += rates.negative() * part.timeSteps();
                timeSteps += part.timeSteps();
                extents[0] += rates.emitted().shape().extent(0);
                float[] values = rates.emitted().values();
                emitted = FloatBuffer.allocate(emitted.capacity() + values.length)
                        .put(emitted.flip())
                        .put(values);
            }
            joined.add(new LayerRates(
                    parts.get(0).layers().get(layer).layer(),
                    positive / timeSteps,
                    negative / timeSteps,
                    new HostTensor(Shape.of(extents), emitted.array())));
        }
        return joined;
    }
}
