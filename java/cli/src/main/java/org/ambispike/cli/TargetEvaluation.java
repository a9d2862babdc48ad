package org.ambispike.cli;

import java.util.List;
import org.ambispike.Comparison;
import org.ambispike.Model;
import org.ambispike.OutputError;
import org.ambispike.SessionOptions;
import org.ambispike.common.Version;
import org.ambispike.data.Dataset;
import org.ambispike.report.TargetReport;
import picocli.CommandLine.Model.CommandSpec;

/** Measures how far a network's results are from targets. */
record TargetEvaluation(CommandSpec spec, CommonOptions common, TargetOptions options, ModelArgument argument) {
    /** @param timeSteps T, ascending */
    TargetReport run(Model network, List<Integer> timeSteps) {
        TargetOptions.Chosen chosen = options.choose(network, argument);
        return CommandContext.open(common, spec.commandLine().getErr(), tools -> {
            Dataset images = StageImages.test(common.images(), network.saved(), tools.progress()::note);
            SessionOptions usual = Comparison.forTimeSteps(timeSteps).session();
            Comparison.Builder comparison = Comparison.builder(timeSteps)
                    .session(common.session(usual, tools.device().request()))
                    .listener(tools.progress())
                    .cancellation(tools.cancellation());
            options.applyTo(comparison);
            List<OutputError> rows = network.compare(images, chosen.targets(), comparison.build());
            return new TargetReport(
                    network.network(),
                    chosen.source(),
                    images.name(),
                    images.size(),
                    tools.backend().describe(),
                    Choice.label(common.precision()),
                    Version.current().commit(),
                    rows,
                    "ambispike "
                            + String.join(
                                    " ",
                                    spec.root().commandLine().getParseResult().originalArgs()));
        });
    }
}
