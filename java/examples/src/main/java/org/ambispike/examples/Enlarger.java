package org.ambispike.examples;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.function.UnaryOperator;
import java.util.stream.IntStream;
import org.ambispike.AnnModel;
import org.ambispike.graph.ConvGeometry;
import org.ambispike.graph.Normalisation;
import org.ambispike.graph.Op;
import org.ambispike.graph.SampledAxis;
import org.ambispike.graph.Shape;

/**
 * waifu2x, upconv_7: six convolutions with Leaky ReLU and a transposed one, which enlarge a picture by two. It needs seven pixels
 * around what it enlarges.
 */
final class Enlarger {
    /** The name of the network in its model file. */
    static final String NAME = "waifu2x";

    static final int SCALE = 2;
    /** Pixels that are lost at each side. */
    static final int BORDER = 7;

    private static final float WHITE = 255;

    private Enlarger() {}

    /**
     * Makes the network from the package's weights.
     *
     * @param folder of the package
     * @param side pixels of the square that it enlarges at once, without the border
     */
    static AnnModel model(Path folder, int side) {
        return model(
                NcnnModel.read(folder.resolve("waifu2x/models-upconv_7_anime_style_art_rgb/scale2.0x_model.param")),
                side);
    }

    static AnnModel model(List<NcnnModel.Layer> network, int side) {
        int input = side + 2 * BORDER;
        Layers layers = new Layers(Shape.of(input, input, Picture.CHANNELS));
        for (NcnnModel.Layer layer : network) {
            if (layer.transposed()) {
                enlarge(layers, layer);
            } else {
                convolve(layers, layer);
            }
        }
        return layers.model(NAME, "picture", NpmPackage.WAIFU2X, Normalisation.none(Picture.CHANNELS), Map.of());
    }

    /** @param map [side, side, 3], red, green and blue from 0 to 1; what lies outside is cut off */
    static Picture picture(float[] map) {
        int side = (int) Math.round(Math.sqrt(map.length / (double) Picture.CHANNELS));
        float[] pixels = new float[map.length];
        for (int index = 0; index < map.length; index++) {
            pixels[index] = Math.min(Math.max(map[index], 0), 1) * WHITE;
        }
        return new Picture(side, side, pixels);
    }

    private static void convolve(Layers layers, NcnnModel.Layer layer) {
        Shape input = layers.shape();
        ConvGeometry geometry = new ConvGeometry(
                input.extent(0),
                input.extent(1),
                layer.inputs(),
                layer.outputs(),
                layer.kernel(),
                layer.stride(),
                layer.padding());
        float[] weight = new float[(int) geometry.weightShape().elements()];
        int index = 0;
        for (int output = 0; output < layer.outputs(); output++) {
            for (int place = 0; place < layer.kernel() * layer.kernel(); place++) {
                for (int channel = 0; channel < layer.inputs(); channel++) {
                    weight[index++] = layer.weight(output, channel, place / layer.kernel(), place % layer.kernel());
                }
            }
        }
        layers.convolution(layer.name(), geometry, weight, layer.parameters().bias());
        if (layer.slope() != 1) {
            layers.leaky(layer.name() + "_leaky", layer.slope());
        }
    }

    /**
     * A transposed convolution: each phase (row and column modulo the stride) of the result is an ordinary convolution, which has
     * the phases as channels; they are then put in their places, and what is too much is cut off.
     */
    private static void enlarge(Layers layers, NcnnModel.Layer layer) {
        int stride = layer.stride();
        int taps = (layer.kernel() + stride - 1) / stride;
        int phases = stride * stride;
        Shape input = layers.shape();
        ConvGeometry geometry = new ConvGeometry(
                input.extent(0), input.extent(1), layer.inputs(), phases * layer.outputs(), taps, 1, taps - 1);
        float[] weight = new float[(int) geometry.weightShape().elements()];
        float[] bias = new float[geometry.outChannels()];
        int index = 0;
        for (int output = 0; output < bias.length; output++) {
            int phase = output / layer.outputs();
            int channel = output % layer.outputs();
            bias[output] = layer.parameters().bias()[channel];
            for (int place = 0; place < taps * taps; place++) {
                int row = phase / stride + stride * (taps - 1 - place / taps);
                int column = phase % stride + stride * (taps - 1 - place % taps);
                boolean inside = row < layer.kernel() && column < layer.kernel();
                for (int source = 0; source < layer.inputs(); source++) {
                    weight[index++] = inside ? layer.weight(channel, source, row, column) : 0;
                }
            }
        }
        layers.convolution(layer.name(), geometry, weight, bias)
                .add(layer.name() + "_places", new Op.DepthToSpace(stride, stride));
        layers.add(layer.name() + "_cut", cut(layers.shape(), input, layer));
    }

    /** All but the padding, of a result of (places - 1) stride + kernel. */
    private static Op cut(Shape whole, Shape input, NcnnModel.Layer layer) {
        UnaryOperator<Integer> length = places -> (places - 1) * layer.stride() + layer.kernel() - 2 * layer.padding();
        return new Op.Resample(
                kept(whole.extent(0), layer.padding(), length.apply(input.extent(0))),
                kept(whole.extent(1), layer.padding(), length.apply(input.extent(1))),
                SampledAxis.unchanged(whole.extent(2)));
    }

    private static SampledAxis kept(int extent, int first, int places) {
        return SampledAxis.copies(extent, IntStream.range(first, first + places));
    }
}
