package org.ambispike.nir;

import org.ambispike.graph.ConvGeometry;
import org.ambispike.graph.HostTensor;
import org.ambispike.graph.Shape;

/**
 * A node of a NIR graph, of those types that a spiking network of ours needs; the names are NIR's. Images are channels
 * first, [C, H, W]. Edges that meet at a node are summed.
 */
public sealed interface NirNode {
    /** What the file calls the type. */
    default String type() {
        return getClass().getSimpleName();
    }

    /** The constant current that the image is. */
    record Input(Shape shape) implements NirNode {}

    /** The drive of the last layer in each step. */
    record Output(Shape shape) implements NirNode {}

    /**
     * A convolution with a bias.
     *
     * @param geometry of the same padding on both sides of an axis
     * @param weight [out, in / groups, kernel rows, kernel columns]
     * @param bias [out]
     */
    record Conv2d(ConvGeometry geometry, HostTensor weight, HostTensor bias) implements NirNode {}

    /**
     * A matrix product with a bias.
     *
     * @param weight [out, in]
     * @param bias [out]
     */
    record Affine(HostTensor weight, HostTensor bias) implements NirNode {}

    /**
     * A product by element.
     *
     * @param scale of the input's shape
     */
    record Scale(HostTensor scale) implements NirNode {}

    /** Average pooling without padding. */
    record AvgPool2d(int kernel, int stride) implements NirNode {}

    /** [C, H, W] as one row, channels outermost. */
    record Flatten(Shape shape) implements NirNode {}

    /**
     * An integrate-and-fire population: v += drive, and where v is above the threshold a spike of value 1.
     *
     * @param threshold of the population's shape
     * @param start the initial potentials, of the same shape; NIR itself has no place for them, so they are metadata
     */
    record IF(HostTensor threshold, HostTensor start) implements NirNode {}
}
