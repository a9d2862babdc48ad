package org.ambispike;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.ambispike.graph.NeuronModel;

/**
 * What a conversion made, and how good it is on some images: see {@link SpikingModel#conversionReport}. A value.
 *
 * @param images that were run
 * @param allImages of which they are the first
 * @param timeSteps the largest T that was run, at which layers were looked at
 * @param layers in their order
 * @param errors of the network's results against the ANN's, by T and result
 */
public record ConversionReport(int images, int allImages, int timeSteps, List<Layer> layers, List<OutputError> errors) {
    /** Above which relative error, or below which agreement, the network is worth improving. */
    private static final double WANTED_ERROR = 0.1;

    private static final double WANTED_AGREEMENT = 0.98;
    private static final double MOSTLY = 0.5;

    /**
     * A layer of neurons.
     *
     * @param neuron its model
     * @param reason why it is that one, and what follows
     * @param rate spikes of either sign for each neuron and step
     * @param saturated share of neurons, over all images, that emitted all that they can, in [0, 1]
     */
    public record Layer(String name, NeuronModel neuron, String reason, double rate, double saturated) {}

    public ConversionReport {
        layers = List.copyOf(layers);
        errors = List.copyOf(errors);
    }

    /** Returns a line for each layer that never fires on the images, or mostly emits all that it can; often none. */
    public List<String> warnings() {
        List<String> warnings = new ArrayList<>();
        for (Layer layer : layers) {
            if (layer.rate == 0) {
                warnings.add("layer '" + layer.name + "' never fires on these " + images + " images in " + timeSteps
                        + " time steps: its thresholds are too high, or its weights or the normalisation wrong");
            } else if (layer.saturated > MOSTLY) {
                warnings.add(String.format(
                        Locale.ROOT,
                        "layer '%s' is saturated: %.0f%% of its neurons emit all that they can on these images; its"
                                + " thresholds are too low",
                        layer.name,
                        100 * layer.saturated));
            }
        }
        return warnings;
    }

    /** Returns what would bring the network nearer to its ANN, the cheapest first; nothing where it is near already. */
    public List<String> advice() {
        OutputError last = errors.stream()
                .filter(error -> error.timeSteps() == timeSteps)
                .findFirst()
                .orElseThrow();
        boolean near = last.relativeError() <= WANTED_ERROR
                || !Double.isNaN(last.agreement()) && last.agreement() >= WANTED_AGREEMENT;
        if (near) {
            return List.of();
        }
        List<String> advice = new ArrayList<>();
        if (layers.stream().anyMatch(layer -> !layer.neuron.takesBack())) {
            advice.add("convert with --neuron memory: spikes that came too early are taken back");
        }
        advice.add("calibrate --method forward --T N: from images without labels, in minutes");
        advice.add("optimize, then convert what it writes: trains thresholds, needs labels");
        advice.add("calibrate --T N: trains all layers through time for that N");
        return advice;
    }
}
