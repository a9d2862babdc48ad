package org.ambispike.cli;

import java.nio.file.Path;
import picocli.CommandLine.Parameters;

/** The model file that a command reads. */
final class ModelArgument {
    @Parameters(paramLabel = "MODEL", description = "Model file, as written by the stage before.")
    private Path file;

    Path file() {
        return file;
    }

    /** The folder of the model, where the next stage's file goes unless --out says otherwise. */
    Path folder() {
        return file.toAbsolutePath().getParent();
    }
}
