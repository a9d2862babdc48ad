package org.ambispike.cli;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.ambispike.paper.PaperTable;
import org.ambispike.paper.Recipes;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** What is reproduced: a network, or a table or figure of the paper. */
final class ReproductionArgument {
    @Spec(Spec.Target.MIXEE)
    private CommandSpec spec;

    @Parameters(
            paramLabel = "NET|TABLE",
            description = "A network, such as net4 (32c5-p2-64c5-p2-1024-10 for Fashion-MNIST), or a table or figure of"
                    + " the paper: table1 to table5, figure1, figure3.")
    private String name;

    /** The table or figure, if it is one. */
    Optional<PaperTable> table() {
        return PaperTable.ofLabel(name);
    }

    /**
     * The network.
     *
     * @throws ParameterException naming the choices, if it is neither
     */
    String network() {
        if (!Recipes.areFor(name)) {
            List<String> choices = new ArrayList<>(Recipes.networks());
            Arrays.stream(PaperTable.values()).map(PaperTable::label).forEach(choices::add);
            throw new ParameterException(spec.commandLine(), "'" + name + "' is none of " + String.join(", ", choices));
        }
        return name;
    }

    /** @throws ParameterException naming the first of the options that was given */
    void refuseBeside(String... options) {
        for (String option : options) {
            Values.require(
                    spec,
                    !spec.commandLine().getParseResult().hasMatchedOption(option),
                    name + " compares recipes as they are; " + option + " does not go with it");
        }
    }
}
