package org.ambispike.cli;

import java.util.Optional;
import org.ambispike.paper.Plan;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** How long the ANN is trained. */
final class AnnEpochs {
    @Spec(Spec.Target.MIXEE)
    private CommandSpec spec;

    @Option(names = "--epochs", paramLabel = "N", description = "Epochs of the ANN. Default: the profile's.")
    private Optional<Integer> epochs;

    Plan applyTo(Plan plan) {
        return Values.positive(spec, "--epochs", epochs)
                .map(plan::withAnnEpochs)
                .orElse(plan);
    }
}
