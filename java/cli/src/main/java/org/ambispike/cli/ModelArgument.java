package org.ambispike.cli;

import java.nio.file.Path;
import org.ambispike.AnnModel;
import org.ambispike.Model;
import org.ambispike.SpikingModel;
import org.ambispike.common.InputException;
import org.ambispike.paper.ModelNames;
import picocli.CommandLine.Parameters;

/** The model file that a command reads. */
final class ModelArgument {
    @Parameters(paramLabel = "MODEL", description = "Model file, as the stage before wrote it.")
    private Path file;

    Model read() {
        return Model.load(file);
    }

    /** @throws InputException if the network spikes */
    AnnModel readAnn() {
        if (read() instanceof AnnModel ann) {
            return ann;
        }
        throw new InputException(file + " holds a spiking network; this command takes an ANN, such as " + ModelNames.ANN
                + " or " + ModelNames.OPTIMIZED);
    }

    /** @throws InputException if the network does not spike */
    SpikingModel readSpiking() {
        return spiking(file);
    }

    /** @throws InputException if the network does not spike */
    static SpikingModel spiking(Path file) {
        if (Model.load(file) instanceof SpikingModel snn) {
            return snn;
        }
        throw new InputException(file + " holds an ANN; this command takes a spiking network, such as "
                + ModelNames.SPIKING + " from ambispike convert");
    }

    /** A file or folder beside the model. */
    Path sibling(String name) {
        return file.toAbsolutePath().resolveSibling(name);
    }

    /** The file's name without its ending. */
    String stem() {
        return file.getFileName().toString().replaceFirst("\\.[^.]*$", "");
    }

    /** The model's own folder. */
    Path folder() {
        return file.toAbsolutePath().getParent();
    }
}
