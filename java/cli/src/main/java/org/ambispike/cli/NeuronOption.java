package org.ambispike.cli;

import java.util.Optional;
import org.ambispike.graph.NeuronVariant;
import org.ambispike.paper.Recipe;
import picocli.CommandLine.Option;

/** The neuron of the spiking network. */
final class NeuronOption {
    @Option(
            names = "--neuron",
            paramLabel = "pair|memory|single|ibt|augmented|symmetric|if",
            description =
                    "pair: two membranes; memory: one, whose spikes later ones may take back; single: one that fires both ways; ibt: single, N = P/alpha; "
                            + "augmented: ibt with spikes of several quanta; "
                            + "symmetric: pair, N = P; if: positive spikes only. Default: the recipe's; of imported networks memory.")
    private Optional<NeuronVariant> neuron;

    Recipe applyTo(Recipe recipe) {
        return neuron.map(recipe::with).orElse(recipe);
    }
}
