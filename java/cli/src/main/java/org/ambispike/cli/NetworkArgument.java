package org.ambispike.cli;

import picocli.CommandLine.Parameters;

/** The network that a command builds. */
final class NetworkArgument {
    /** Networks there are recipes for. */
    enum Network {
        NET4,
        VGG16,
        RESNET18
    }

    @Parameters(
            paramLabel = "NET",
            description = "Network to build: net4, 32c5-p2-64c5-p2-1024-10 for Fashion-MNIST; vgg16 or resnet18 for "
                    + "CIFAR-10.")
    private Network network;

    /** As {@link org.ambispike.paper.Recipes} knows it. */
    String name() {
        return Choice.label(network);
    }
}
