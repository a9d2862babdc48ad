package org.ambispike.paper;

import java.util.Map;
import org.ambispike.graph.Graph;
import org.ambispike.graph.Shape;
import org.ambispike.graph.Weights;

/**
 * ResNet-18 (He et al., 2016) for images of 32 x 32: a first convolution of 3 x 3 without pooling, four stages of two
 * basic blocks, identity shortcuts or, where the shape changes, convolutions of 1 x 1 with batch normalisation, and the
 * mean over each map. Neurons follow the sums.
 *
 * @param width channels of the first stage; 64 in the paper
 */
public record ResNet18(int width) implements Architecture {
    public static final String NAME = "resnet18";
    /** As published. */
    public static final int FULL_WIDTH = 64;

    private static final Shape IMAGE = Shape.of(32, 32, 3);
    private static final int CLASSES = 10;
    private static final int STAGES = 4;
    private static final int BLOCKS = 2;

    public ResNet18 {
        Width.require(width);
    }

    @Override
    public String name() {
        return NAME;
    }

    @Override
    public Map<String, String> settings() {
        return Width.settings(width);
    }

    @Override
    public Graph graph(double alpha, double dropout) {
        NetworkBuilder net = new NetworkBuilder(alpha);
        String last = net.leaky("act1", net.convolution("conv1", net.input(IMAGE), width, 3, 1));
        for (int stage = 0; stage < STAGES; stage++) {
            for (int block = 0; block < BLOCKS; block++) {
                int stride = stage > 0 && block == 0 ? 2 : 1;
                last = block(net, "block" + (stage + 1) + "_" + (block + 1), last, width << stage, stride);
            }
        }
        String means = net.averagePool("pool", last, net.shape(last).extent(0));
        net.linear("fc", net.dropout("drop", means, dropout), CLASSES);
        return net.graph();
    }

    private static String block(NetworkBuilder net, String name, String input, int channels, int stride) {
        String first = net.leaky(name + ".act1", net.convolution(name + ".conv1", input, channels, 3, stride));
        String second = net.convolution(name + ".conv2", first, channels, 3, 1);
        boolean same = stride == 1 && net.shape(input).extent(-1) == channels;
        String shortcut = same ? input : net.convolution(name + ".shortcut", input, channels, 1, stride);
        return net.leaky(name + ".act2", net.sum(name + ".sum", second, shortcut));
    }

    @Override
    public Weights initial(Graph graph, long seed) {
        return Initialisation.he(graph, seed);
    }
}
