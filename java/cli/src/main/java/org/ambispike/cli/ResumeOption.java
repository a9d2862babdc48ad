package org.ambispike.cli;

import picocli.CommandLine.Option;

/** Whether a stopped run is continued. */
final class ResumeOption {
    @Option(names = "--resume", description = "Go on from the last checkpoint in the folder, with the same settings.")
    private boolean resume;

    boolean resume() {
        return resume;
    }
}
