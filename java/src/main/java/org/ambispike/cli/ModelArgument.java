package org.ambispike.cli;

import java.nio.file.Path;
import org.ambispike.error.InputException;
import org.ambispike.io.ModelFiles;
import org.ambispike.io.SavedModel;
import org.ambispike.recipe.ModelNames;
import picocli.CommandLine.Parameters;

/** The model file that a command reads. */
final class ModelArgument {
    @Parameters(paramLabel = "MODEL", description = "Model file, as the stage before wrote it.")
    private Path file;

    SavedModel read() {
        return ModelFiles.read(file);
    }

    /** @throws InputException if the network spikes */
    SavedModel readAnn() {
        SavedModel model = read();
        if (model.graph().isSpiking()) {
            throw new InputException(file + " holds a spiking network; this command takes an ANN, such as "
                    + ModelNames.ANN + " or " + ModelNames.OPTIMIZED);
        }
        return model;
    }

    /** @throws InputException if the network does not spike */
    SavedModel readSpiking() {
        SavedModel model = read();
        if (!model.graph().isSpiking()) {
            throw new InputException(file + " holds an ANN; this command takes a spiking network, such as "
                    + ModelNames.SPIKING + " from ambispike convert");
        }
        return model;
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
