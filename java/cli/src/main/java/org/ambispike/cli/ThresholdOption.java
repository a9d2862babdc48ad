package org.ambispike.cli;

import org.ambispike.paper.Recipe;
import picocli.CommandLine.Option;

/** How thresholds are shared. */
final class ThresholdOption {
    @Option(names = "--per-channel", description = "Thresholds for each channel. Default: for each layer.")
    private boolean perChannel;

    Recipe applyTo(Recipe recipe) {
        return recipe.with(recipe.clip().withPerChannel(perChannel));
    }
}
