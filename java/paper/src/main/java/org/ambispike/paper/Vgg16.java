package org.ambispike.paper;

import java.util.Map;
import org.ambispike.graph.Graph;
import org.ambispike.graph.Shape;
import org.ambispike.graph.Weights;

/**
 * VGG-16 (Simonyan and Zisserman, 2015, configuration D) for images of 32 x 32: 13 convolutions of 3 x 3 with batch
 * normalisation, average pooling in place of maxima, which spikes cannot give exactly, and the classifier that is usual
 * for such images, two hidden layers of as many neurons as the last convolution has channels.
 *
 * @param width channels of the first convolution; 64 in the paper
 */
public record Vgg16(int width) implements Architecture {
    public static final String NAME = "vgg16";
    /** As published. */
    public static final int FULL_WIDTH = 64;

    private static final Shape IMAGE = Shape.of(32, 32, 3);
    private static final int CLASSES = 10;
    /** Channels of each block as multiples of the width, and its convolutions. */
    private static final int[][] BLOCKS = {{1, 2}, {2, 2}, {4, 3}, {8, 3}, {8, 3}};

    public Vgg16 {
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
        String last = net.input(IMAGE);
        for (int block = 0; block < BLOCKS.length; block++) {
            for (int layer = 0; layer < BLOCKS[block][1]; layer++) {
                String place = (block + 1) + "_" + (layer + 1);
                last = net.convolution("conv" + place, last, BLOCKS[block][0] * width, 3, 1);
                last = net.leaky("act" + place, last);
            }
            last = net.averagePool("pool" + (block + 1), last, 2);
        }
        int hidden = BLOCKS[BLOCKS.length - 1][0] * width;
        for (int layer = 1; layer <= 2; layer++) {
            last = net.dropout("drop" + layer, last, dropout);
            last = net.leaky("act_fc" + layer, net.linear("fc" + layer, last, hidden));
        }
        net.linear("fc3", last, CLASSES);
        return net.graph();
    }

    @Override
    public Weights initial(Graph graph, long seed) {
        return Initialisation.he(graph, seed);
    }
}
