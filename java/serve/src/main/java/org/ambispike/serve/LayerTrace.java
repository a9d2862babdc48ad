package org.ambispike.serve;

import java.util.List;
import org.ambispike.graph.NeuronModel;
import org.ambispike.graph.Shape;

/**
 * How one layer fired, step by step. The components are the fields of the JSON.
 *
 * @param model of its neurons: the spikes of MEMORY and GRADED that have gone before tell which of the two values one has
 * @param positive spikes of the whole layer, by step
 * @param negative spikes of the whole layer, by step
 * @param error of the whole layer, by step: |mean emitted so far - ANN's activations| over |ANN's activations|
 * @param active neurons that fired at all
 * @param sampled indices of the neurons that the fields after this one are of
 * @param spikes a string for each sampled neuron with a character for each step: {@code .} nothing, {@code +} a positive
 *     spike, {@code -} a negative one, {@code x} both
 * @param thetaPositive what a positive spike of each is worth
 * @param thetaNegative what a negative spike of each is worth, as a magnitude
 * @param gains what spikes of the first steps are worth more than that, by step; 1 behind them
 * @param ann activation of each in the ANN
 */
record LayerTrace(
        String layer,
        NeuronModel model,
        Shape shape,
        int neurons,
        List<Integer> positive,
        List<Integer> negative,
        List<Float> error,
        int active,
        int[] sampled,
        List<String> spikes,
        float[] thetaPositive,
        float[] thetaNegative,
        float[] gains,
        float[] ann) {}
