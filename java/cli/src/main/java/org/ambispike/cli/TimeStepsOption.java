package org.ambispike.cli;

import java.util.List;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** For how many time steps a stage works. */
final class TimeStepsOption {
    @Spec(Spec.Target.MIXEE)
    private CommandSpec spec;

    @Option(
            names = "--T",
            paramLabel = "N[,N...]",
            split = ",",
            hideParamSyntax = true,
            defaultValue = "1,2,4,8",
            description = "Numbers of time steps of the spiking network. Default: ${DEFAULT-VALUE}.")
    private List<Integer> timeSteps;

    /**
     * Ascending and each once.
     *
     * @throws ParameterException if one is below 1
     */
    List<Integer> ascending() {
        return Values.timeSteps(spec, "--T", timeSteps);
    }
}
