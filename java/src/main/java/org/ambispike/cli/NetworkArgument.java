package org.ambispike.cli;

import picocli.CommandLine.Parameters;

/** The network that a command builds. */
final class NetworkArgument {
    @Parameters(paramLabel = "NET", description = "Network to build: net4 (Fashion-MNIST, 32c5-p2-64c5-p2-1024-10).")
    private Network network;

    /** Networks there are recipes for. */
    enum Network {
        NET4
    }

    Network network() {
        return network;
    }
}
