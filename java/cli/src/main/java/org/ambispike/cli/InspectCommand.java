package org.ambispike.cli;

import java.nio.file.Path;
import org.ambispike.nir.NirListing;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

/** Shows what is in a file. */
@Command(
        name = "inspect",
        abbreviateSynopsis = true,
        description = "Shows the network, its settings and its tensors in a model, checkpoint or NIR file.",
        footer = {"", "EXAMPLE", "  ambispike inspect runs/net4/snn-T4.safetensors"})
final class InspectCommand extends CliCommand {
    @Parameters(paramLabel = "FILE", description = "A safetensors or NIR file.")
    private Path file;

    @Override
    public Integer call() {
        out().print(NirListing.isHdf5(file) ? NirTable.describe(file) : Inspect.describe(file));
        return 0;
    }
}
