package org.ambispike.cli;

import org.ambispike.neuron.NeuronVariant;
import org.ambispike.recipe.Recipe;
import picocli.CommandLine.Option;

/** The neuron of the spiking network. */
final class NeuronOption {
    @Option(
            names = "--neuron",
            paramLabel = "pair|single|ibt|augmented|symmetric|if",
            defaultValue = "pair",
            description = "pair: two membranes; single: one that fires both ways; ibt: single, N = P/alpha; "
                    + "augmented: ibt with spikes of several quanta; "
                    + "symmetric: pair, N = P; if: positive spikes only. Default: ${DEFAULT-VALUE}.")
    private NeuronVariant neuron;

    NeuronVariant neuron() {
        return neuron;
    }

    Recipe applyTo(Recipe recipe) {
        return recipe.with(neuron);
    }
}
